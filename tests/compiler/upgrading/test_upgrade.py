"""`dbos-build upgrade`: what is rewritten, what is left alone, and what is said.

What the runtime offers is asked of the runtime, once for this file.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from dbos_build.cli import run
from dbos_build.error import SourceError
from dbos_build.upgrading import dependencies, surface
from dbos_build.upgrading.rewriting import Rewritten, rewrite
from dbos_build.upgrading.surface import Surface
from support.checkout import ROOT

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def offered() -> Surface:
    """What the runtime offers, with two verbs as the tests below know them."""
    asked = surface.installed()
    return replace(asked, verbs={**asked.verbs, "workflow": ("name",), "sleep": ("seconds",)})


def rewritten(text: str, offered: Surface) -> Rewritten:
    """A text rewritten; what is rewritten again stays."""
    made = rewrite(text, offered)
    again = rewrite(made.text, offered)
    assert (again.text, again.done) == (made.text, ())
    return made


CASES = {
    "errors and names go to their homes": (
        (
            "# why\nfrom dbos._error import DBOSException as E  # keep\nfrom dbos._dbos import (\n"
            "    DBOS,  # the verbs\n    WorkflowHandle,\n)\n"
        ),
        (
            "# why\nfrom dbos.error import DBOSException as E  # keep\nfrom dbos import (\n"
            "    DBOS,  # the verbs\n    WorkflowHandle,\n)\n"
        ),
    ),
    "one import may become two": (
        "# head\nfrom dbos._x import DBOSException, Queue as Q  # tail\n",
        "# head\nfrom dbos import Queue as Q\nfrom dbos.error import DBOSException  # tail\n",
    ),
    "the parameters of a process are set by functions": (
        (
            "from dbos._utils import GlobalParams\n\n\ndef test() -> None:\n"
            "    GlobalParams.app_version = 'v2'  # now\n    GlobalParams.executor_id = name()\n"
        ),
        (
            "from dbos.testing import set_app_version, set_executor_id\n\n\ndef test() -> None:\n"
            "    set_app_version('v2')  # now\n    set_executor_id(name())\n"
        ),
    ),
    "recovery in tests": (
        (
            "from dbos import DBOS as D\n\n\ndef test() -> None:\n"
            "    D._recover_pending_workflows(['local'])\n"
        ),
        (
            "from dbos import DBOS as D\nfrom dbos.testing import recover_pending_workflows\n\n\n"
            "def test() -> None:\n    recover_pending_workflows(['local'])\n"
        ),
    ),
    "a needless keyword": (
        "import dbos\n\n\n@dbos.DBOS.workflow(name='a', auto_upgrade=True)\ndef a() -> None: ...\n",
        "import dbos\n\n\n@dbos.DBOS.workflow(name='a')\ndef a() -> None: ...\n",
    ),
    "an import that is all a block has": (
        "if True:\n    from dbos._utils import GlobalParams\n",
        "if True:\n    pass\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_has_to_be_is_rewritten(name: str, offered: Surface) -> None:
    before, after = CASES[name]
    made = rewritten(before, offered)
    assert made.text == after
    assert made.done
    assert made.left == ()


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n",
        "from dbos import DBOS\n\nDBOS.launch( )\n",
        "from ._dbos import GlobalParams\n\nGlobalParams.app_version = 1\n",
        "import other\n\nother.DBOS._recover_pending_workflows()\n",
        "DBOS.nothing(shard_key=1)  # not imported from dbos\n",
        "from dbos import DBOS\r\n\r\nDBOS.launch()\r\n",
        "\tfrom dbos import DBOS\n",
        "import dbos\n\ndef (\n",
        "from dbos import cli\nfrom dbos.cli import main\n",
    ],
)
def test_everything_else_is_left_alone(text: str, offered: Surface) -> None:
    assert rewrite(text, offered).text == text
    assert rewrite(text, offered).done == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from dbos import NoSuchName\n", (1, "`dbos.NoSuchName` has no counterpart here")),
        ("from dbos._x import no_such\n", (1, "`dbos._x.no_such` has no counterpart here")),
        ("from dbos._dbos import *\n", (1, "import what you need of `dbos._dbos` from dbos")),
        ("import dbos._dbos\n", (1, "`dbos._dbos` is private: import what you need from dbos")),
        ("import dbos\n\ndbos.DBOS.no_such()\n", (3, "`DBOS.no_such` has no counterpart here")),
        ("import dbos\ndbos.no_such\n", (2, "`dbos.no_such` has no counterpart here")),
        (
            "from dbos import DBOS\n\n\nDBOS.sleep(1, shard_key='x')\n",
            (4, "`DBOS.sleep` takes no `shard_key` here"),
        ),
        ("import dbos\n\ndef (\n", (3, "cannot be parsed; nothing was rewritten")),
        (
            "from dbos._utils import GlobalParams\nprint(GlobalParams.app_version)\n",
            (1, "`dbos._utils.GlobalParams` has no counterpart here"),
        ),
    ],
)
def test_what_has_no_counterpart_is_said_and_left(
    text: str, said: tuple[int, str], offered: Surface
) -> None:
    made = rewritten(text, offered)
    assert made.text == text
    assert [(note.line, note.what) for note in made.left] == [said]


def test_the_programs_of_the_documents_run_as_they_are(offered: Surface) -> None:
    programs = sorted((ROOT / "tests" / "seeds").rglob("*.py"))
    programs += sorted((ROOT / "examples" / "widget_store").rglob("*.py"))
    assert len(programs) > 10
    for path in programs:
        made = rewrite(path.read_text("utf-8"), offered)
        assert (made.done, made.left) == ((), ()), path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("dbos", "dbos-build"),
        ("dbos==2.31.1", "dbos-build"),
        ("DBOS [console, kafka] >= 2, < 3", "dbos-build[console]"),
        ('dbos[otel]~=2.0; python_version > "3.10"', 'dbos-build ; python_version > "3.10"'),
        ("dbos>=2  # engine", "dbos-build  # engine"),
        ("dbos @ git+https://x/y", "dbos-build"),
        ("dbos-transact", None),
        ("dbos-build>=0.1", None),
        ("dbosify", None),
        ("# dbos", None),
        ("-r dbos.txt", None),
    ],
)
def test_requirements(before: str, after: str | None) -> None:
    assert dependencies.requirement(before, {"console"}) == after


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\ndbos = "^2"\n', (3,)),
        ("pyproject.toml", '[project]\ndependencies = ["dbos"]\n[tool.x]\ndbos = 1\n', ()),
        ("pyproject.toml", '[tool.uv.sources]\ndbos = {path = "x"}\n', (2,)),
        ("setup.py", "setup(\n    install_requires=['click', 'dbos[otel]>=2'],\n)\n", (2,)),
        ("setup.py", "import dbos_tools\nsetup(install_requires=['dbos-build'])  # dbos\n", ()),
        ("setup.cfg", "install_requires =\n    dbos ~= 2.0\n    dbosify\n", (2,)),
        ("Pipfile", '[packages]\ndbos = "*"\n', (2,)),
        ("environment.yml", "dependencies:\n  - pip:\n    - dbos\n    - dbos==2\n", (3, 4)),
    ],
)
def test_dependencies_in_other_forms_are_told(name: str, text: str, lines: tuple[int, ...]) -> None:
    assert dependencies.left_in(name, text) == lines


PROJECT = """\
[project]
name = "shop"
dependencies = [
  "click", # cli
  "dbos>=2", # engine
]

[project.optional-dependencies]
all = ["dbos[otel]"]

[dependency-groups]
dev = [{include-group = "x"}, "dbos~=2.1"]
"""


def test_a_program_is_upgraded_and_runs(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "from dbos._dbos import DBOS\nfrom dbos._error import DBOSException\n\n\n"
        "@DBOS.workflow()\ndef add(a: int) -> int:\n    return a + 1\n\n\n"
        'DBOS(config={"name": "shop", "system_database_url": "sqlite:///shop.sqlite"})\n'
        "DBOS.launch()\nprint(add(1), DBOSException.__module__)\nDBOS.destroy()\n"
    )
    (tmp_path / "app.py").write_bytes(text.replace("\n", "\r\n").encode())
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    (tmp_path / "requirements-dev.txt").write_bytes(b"dbos==2.31.1\r\nclick\r\n")
    monkeypatch.chdir(tmp_path)
    assert run(["upgrade", "--diff"]) == 1
    shown = capsys.readouterr()
    assert "-from dbos._dbos import DBOS" in shown.out
    assert '+  "dbos-build", # engine' in shown.out
    assert "4 changes would be made, 0 left to do by hand." in shown.err
    assert b"_dbos" in (tmp_path / "app.py").read_bytes()
    assert run(["upgrade"]) == 0
    assert (
        "app.py:2: done: import from dbos.error in place of dbos._error" in capsys.readouterr().out
    )
    made = (tmp_path / "app.py").read_bytes()
    assert made.count(b"\r\n") == made.count(b"\n")
    assert (tmp_path / "requirements-dev.txt").read_bytes() == b"dbos-build\r\nclick\r\n"
    kept = PROJECT.replace("dbos>=2", "dbos-build").replace("dbos[otel]", "dbos-build[otel]")
    project = (tmp_path / "pyproject.toml").read_text("utf-8")
    assert project == kept.replace("dbos~=2.1", "dbos-build")
    assert tomllib.loads(project)["project"]["dependencies"] == ["click", "dbos-build"]
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == ["2", "dbos.error"], done.stderr
    assert run(["upgrade"]) == 0
    assert "0 changes made, 0 left" in capsys.readouterr().out


def test_what_is_left_is_told_and_counts(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text("print('hello')\n", "utf-8")
    (tmp_path / "setup.cfg").write_text("install_requires =\n    dbos\n", "utf-8")
    assert run(["upgrade"]) == 1
    said = capsys.readouterr().out
    assert "setup.cfg:2: by hand: depend on dbos-build in place of dbos\n" in said
    assert "0 changes made, 1 left to do by hand." in said


def test_wrong_input_is_one_line(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["upgrade"]) == 2
    assert "no Python files" in capsys.readouterr().err
    assert run(["upgrade", "nowhere.py"]) == 2
    (tmp_path / "a.py").write_text("from dbos._dbos import DBOS\n", "utf-8")
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe")
    assert run(["upgrade"]) == 2
    assert "requirements.txt: is not UTF-8" in capsys.readouterr().err
    assert (tmp_path / "a.py").read_text("utf-8") == "from dbos._dbos import DBOS\n"


def test_a_package_dbos_that_is_not_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbos.py").write_text("", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(SourceError, match="cannot be asked what it offers"):
        surface.installed()
