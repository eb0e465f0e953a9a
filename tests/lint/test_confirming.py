"""What was found by running an edit alone is confirmed by a whole analysis while nobody types."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dbos_build.checking import Checker
from dbos_build.error import OvertakenError
from dbos_build.settings import config
from dbos_lint.documents import Document
from dbos_lint.project import EditedProject
from dbos_lint.server import service as serving
from dbos_lint.server.service import Service
from dbos_lint.workspace import Round, Workspace

FLOW = (
    "import time\nfrom dbos import DBOS\n\n\n"
    "@DBOS.workflow()\ndef run() -> float:\n    value = 1\n    return time.time()\n"
)
TYPED = FLOW.replace("    value = 1\n", "    value = 1\n    more = 2\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    return tmp_path


def _opened(folder: Path) -> EditedProject:
    return EditedProject((), config.load([folder]))


def test_an_edit_is_shown_at_once_and_confirmed_later(folder: Path) -> None:
    project = _opened(folder)
    before = project.check({"flow.py": FLOW})
    quick = project.check({"flow.py": TYPED})
    assert quick.program.engine is before.program.engine
    assert [each.line for each in quick.findings["flow.py"]] == [9]
    assert not project.confirm()
    confirmed = project.check({"flow.py": TYPED})
    assert confirmed.program.engine is not quick.program.engine
    assert confirmed.findings == quick.findings
    assert not project.confirm()


def test_a_quick_fix_that_is_tried_meanwhile_changes_nothing(folder: Path) -> None:
    project = _opened(folder)
    project.check({"flow.py": FLOW})
    quick = project.check({"flow.py": TYPED})
    assert project.judge(quick.project)
    assert not project.confirm()
    assert project.check({"flow.py": TYPED}).findings == quick.findings


def test_what_is_found_otherwise_is_what_the_next_check_gives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = _opened(folder)
    project.check({"flow.py": FLOW})
    project.check({"flow.py": TYPED})
    confirm = Checker.confirm
    monkeypatch.setattr(Checker, "confirm", lambda self: ((confirm(self) or (None,))[0], ()))
    assert project.confirm()
    assert project.check({"flow.py": TYPED}).findings["flow.py"] == ()


def test_with_types_every_edit_is_analysed_as_a_whole(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\ntypes = true\n", encoding="utf-8")
    project = _opened(folder)
    before = project.check({"flow.py": FLOW})
    assert project.check({"flow.py": TYPED}).program.engine is not before.program.engine


@pytest.mark.asyncio
async def test_a_pause_confirms_and_shows_what_differs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "IDLE_SECONDS", 0)
    shown = asyncio.Event()
    rounds: list[Round] = []
    asked: list[bool] = []

    def show(made: Round, documents: tuple[Document, ...]) -> None:
        rounds.append(made)
        if len(rounds) == 2:
            shown.set()

    def confirm(self: Workspace) -> bool:
        asked.append(True)
        if len(asked) == 2:
            raise OvertakenError("typed on")
        return len(asked) == 1

    monkeypatch.setattr(Workspace, "confirm", confirm)
    complaints: list[str] = []
    service = Service(show, complaints.append)
    service.folders([folder])
    await shown.wait()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others)
    service.stop()
    assert complaints == []
    assert asked
