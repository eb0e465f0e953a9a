"""`dbos-build verify`: stale files by line, annotations, and the work that a base has begun."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dbos_build.cli import run
from support.repositories import Repository, create

PROJECT = '[tool.dbos-build]\nsources = ["shop"]\nregistry = "shop/dbos_registry.py"\n'
FLOWS = """\
from dbos import DBOS

@DBOS.step()
def charge(order: str) -> int:
    return 1

@DBOS.step()
def ship(order: str) -> int:
    return 2

@DBOS.workflow()
def checkout(order: str) -> int:
    return charge(order)
"""
FILES = {"pyproject.toml": PROJECT, "shop/__init__.py": "", "shop/flows.py": FLOWS}
BREAKING = FLOWS.replace("    return charge(order)", "    ship(order)\n    return charge(order)")
LONGER = FLOWS.replace(
    "    return charge(order)", "    paid = charge(order)\n    ship(order)\n    return paid"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs the command line in the folder `project`."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(each) for each in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def repository(tmp_path: Path, command: Command) -> Repository:
    """A built project, committed."""
    made = create(tmp_path / "project")
    made.write(FILES)
    assert command("build").code == 0
    made.commit()
    return made


def test_the_first_stale_line_of_the_registry_is_shown(
    repository: Repository, command: Command
) -> None:
    repository.write({"shop/flows.py": FLOWS.replace("checkout(order: str)", "checkout(order)")})
    told = command("verify").out.splitlines()
    registry = Path("shop/dbos_registry.py").read_text().splitlines()
    assert "TYPE_CHECKING = False" not in registry
    assert told[0].startswith("shop/dbos_registry.py:")
    assert told[0].endswith(": is stale")
    line = int(told[0].split(":")[1])
    assert told[1] == f"    has    {registry[line - 1].strip()}"
    assert told[2] == "    should TYPE_CHECKING = False"


def test_a_registry_that_is_cut_off_or_too_long(repository: Repository, command: Command) -> None:
    path = Path("shop/dbos_registry.py")
    whole = path.read_text()
    path.write_text(whole + "extra = 1\n")
    told = command("verify").out
    assert "    has    extra = 1\n    should (ends here)\n" in told
    path.write_text("")
    assert "shop/dbos_registry.py:1: is stale\n    has    (ends here)\n" in command("verify").out


def test_line_endings_of_a_checkout_on_windows_do_not_matter(
    repository: Repository, command: Command
) -> None:
    for name in ("shop/dbos_registry.py", "dbos-build.lock"):
        Path(name).write_bytes(Path(name).read_bytes().replace(b"\n", b"\r\n"))
    assert command("verify").code == 0


def test_annotations_point_at_lines(repository: Repository, command: Command) -> None:
    repository.write({"shop/flows.py": BREAKING})
    told = command("verify", "--against", "HEAD", "--output-format", "github")
    assert told.code == 1
    lines = told.out.splitlines()
    assert all(line.startswith("::error title=dbos-build verify,file=") for line in lines)
    assert any("file=shop/flows.py,line=13::workflow checkout is breaking" in one for one in lines)
    assert any("file=shop/dbos_registry.py,line=" in one for one in lines)
    assert any("file=dbos-build.lock,line=1::workflow checkout: changed" in one for one in lines)
    clock = FLOWS.replace("return charge(order)", "return charge(str(time.time()))")
    repository.write({"shop/flows.py": "import time\n" + clock})
    refused = command("verify", "--output-format", "github")
    assert refused.code == 1
    assert refused.out.startswith("::error title=dbos-build (DBS")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (FLOWS, ""),
        ("# a comment\n" + FLOWS, ""),
        (LONGER, ""),
        (BREAKING, "shop/flows.py:13: workflow checkout is breaking: "),
        (FLOWS.replace("checkout", "purchase"), "workflow checkout is gone: "),
        (FLOWS.replace("checkout(order: str)", "checkout(order: str, count: int)"), "is breaking"),
    ],
    ids=["same", "comment", "longer", "breaking", "renamed", "parameter"],
)
def test_a_build_is_held_against_what_a_revision_began(
    repository: Repository, command: Command, new: str, told: str
) -> None:
    repository.git("checkout", "-q", "-b", "change")
    repository.write({"shop/flows.py": new})
    assert command("build").code == 0
    repository.git("add", "-A")
    repository.git("commit", "-q", "--allow-empty", "-m", "the change")
    outcome = command("verify", "--against", "main")
    assert outcome.code == (1 if told else 0), outcome.out + outcome.err
    if told:
        assert told in outcome.out
    else:
        assert outcome.out.endswith("dbos-build.lock; safe after main\n")
    assert repository.git("status", "--short") == ""


def test_a_lock_file_may_be_the_base(repository: Repository, command: Command) -> None:
    lock = Path("dbos-build.lock").read_text()
    repository.write({"old/base.lock": lock})
    repository.write({"shop/flows.py": BREAKING})
    command("build")
    for base in ("old/base.lock", "HEAD"):
        outcome = command("verify", "--against", base)
        assert outcome.code == 1, outcome
        assert "workflow checkout is breaking" in outcome.out


def test_a_base_whose_lock_cannot_be_read_is_judged_by_its_sources(
    repository: Repository, command: Command
) -> None:
    document = json.loads(Path("dbos-build.lock").read_text())
    repository.write({"dbos-build.lock": json.dumps({**document, "format": 1})})
    repository.commit("an old format")
    repository.git("rm", "-q", "--cached", "dbos-build.lock")
    assert command("build").code == 0
    outcome = command("verify", "--against", "HEAD")
    assert outcome.code == 0, outcome.out
    assert "has format 1" in outcome.err
    assert "its sources are compared instead" in outcome.err


def test_flows_of_another_release_are_judged_by_the_sources(
    repository: Repository, command: Command
) -> None:
    document = json.loads(Path("dbos-build.lock").read_text())
    repository.write({"dbos-build.lock": json.dumps({**document, "flow_scheme": 1})})
    repository.commit("as another release drew it")
    repository.write({"shop/flows.py": BREAKING})
    assert command("build").code == 0
    outcome = command("verify", "--against", "HEAD")
    assert outcome.code == 1, outcome
    assert "workflow checkout is breaking" in outcome.out
    assert "drawn by another release" in outcome.err
    assert "breaking" in command("diff").out
    repository.write({"old.lock": json.dumps({**document, "flow_scheme": 1})})
    outcome = command("diff", "old.lock")
    assert outcome.code == 1
    assert "old.lock was written by another release of dbos-build" in outcome.out
    assert "takes_over" not in Path("dbos-build.lock").read_text()


def test_a_version_that_changed_for_no_reason_is_found(
    repository: Repository, command: Command
) -> None:
    text = Path("dbos-build.lock").read_text()
    version = json.loads(text)["workflows"]["checkout"]["version"]
    other = text.replace(version, "v1-" + "0" * 32)
    repository.write({"dbos-build.lock": other})
    repository.commit("as another release wrote it")
    assert command("build").code == 0
    outcome = command("verify", "--against", "HEAD")
    assert outcome.code == 1
    assert "changed its version although nothing in it did" in outcome.out


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("no-such-branch", "'no-such-branch' is neither a file or folder nor a git revision"),
        ("--version", "no git revision"),
        ("conflict.lock", "conflict.lock: has unresolved merge conflicts"),
        ("format.lock", "format.lock: has format 1, but this dbos-build reads"),
        ("pyproject.toml", "pyproject.toml: is not valid JSON"),
    ],
)
def test_a_base_that_is_none_is_one_clear_error(
    repository: Repository, command: Command, base: str, told: str
) -> None:
    repository.write({"conflict.lock": "<<<<<<< ours\n", "format.lock": '{"format": 1}'})
    outcome = command("verify", f"--against={base}")
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("configured", [True, False])
def test_a_merge_conflict_in_both_files_is_resolved_by_building(
    tmp_path: Path, command: Command, configured: bool
) -> None:
    repository = create(tmp_path / "project")
    files = FILES if configured else {"flows.py": FLOWS}
    flows = "shop/flows.py" if configured else "flows.py"
    repository.write(files)
    command("build")
    repository.commit()
    for branch, text in (("one", LONGER), ("two", FLOWS + "\n# two\n")):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.write({flows: text.replace("return 2", "return 3")})
        added = FLOWS.replace("checkout", branch).replace("charge", f"charge_{branch}")
        added = added.replace("ship", f"ship_{branch}")
        repository.write({flows.replace("flows", branch): added})
        command("build")
        repository.commit(branch)
    repository.git("checkout", "-q", "one")
    merged = subprocess.run(
        ["git", "merge", "-q", "two"], cwd=repository.folder, capture_output=True, check=False
    )
    assert merged.returncode == 1
    repository.write({flows: LONGER})
    registry = flows.replace("flows", "dbos_registry")
    lock = "dbos-build.lock"
    for name in (registry, lock):
        assert "<<<<<<< " in Path(name).read_text(), name
    conflicted = command("verify")
    assert conflicted.code == 2
    assert conflicted.err == (
        f"dbos-build: error: {lock}: has unresolved merge conflicts; run `dbos-build build`\n"
    )
    repository.git("checkout", "-q", "--ours", lock)
    told = command("verify").out
    assert told.startswith(f"{registry}:")
    assert told.splitlines()[0].endswith(": has unresolved merge conflicts")
    assert command("check").code == 0
    assert command("build").code == 0
    assert command("verify").code == 0


@pytest.mark.parametrize("survived", [0, 1])
def test_a_build_killed_between_its_files_is_found_and_repaired(
    repository: Repository, command: Command, survived: int
) -> None:
    repository.write({"shop/flows.py": LONGER})
    program = (
        "import os, signal\nfrom dbos_build.cli import main\n"
        f"real, left = os.replace, [{survived}]\n"
        "def replace(source, target):\n"
        "    if not left[0]:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    left[0] -= 1\n    real(source, target)\n"
        "os.replace = replace\nmain(['build'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    leftovers = sorted(path for path in Path().rglob(".dbos-build-*.tmp"))
    assert len(leftovers) == 2 - survived
    outcome = command("verify")
    assert outcome.code == 1
    assert "shop/dbos_registry.py" in outcome.out
    assert "dbos-build.lock:1: workflow checkout: changed" in outcome.out
    assert command("build").code == 0
    assert command("verify").code == 0
    assert sorted(path for path in Path().rglob(".dbos-build-*.tmp")) == []


def test_what_a_running_build_has_staged_is_left_alone(
    repository: Repository, command: Command
) -> None:
    mine = Path(f".dbos-build-{os.getpid()}-7.tmp")
    mine.write_text("a build that is under way")
    repository.write({"shop/flows.py": LONGER})
    assert command("build").code == 0
    assert mine.exists()
