"""`dbos-build doctor` in projects of every layout that `init` knows, each broken in many ways.

What it names is what was broken, and the command that it gives mends it: nothing else than before
is left to tell afterwards. Where no command can, it says so instead of giving one.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from dbos_build.cli import run
from support.repositories import Repository, create

FLOW = "from dbos import DBOS\n\n\n@DBOS.workflow()\ndef order(x: int) -> int:\n    return x\n"
MORE = "\n\n@DBOS.workflow()\ndef more(y: str) -> str:\n    return y\n"
BUILD, INIT = "dbos-build build", "dbos-build init"
RUFF = "[tool.ruff.lint]\nselect = ['ALL']\n"
NAMED = '[project]\nname = "shop"\nversion = "1"\n'
POETRY = '[tool.poetry]\nname = "shop"\nversion = "1"\n\n[tool.poetry.dependencies]\n'
HOOKS = "repos:\n- repo: https://x/y\n  rev: v1\n  hooks:\n  - id: a\n"
PACKAGE = {"shop/__init__.py": "", "shop/flows.py": FLOW}

LAYOUTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "new poetry": {"pyproject.toml": f'{NAMED}dependencies = ["click (>=8)"]\n', **PACKAGE},
        "old poetry": {"pyproject.toml": f'{POETRY}dbos-build = "*"\n', **PACKAGE},
        "hatch": {
            "pyproject.toml": f"{NAMED}dependencies = [\n  'click',  # cli\n]\n\n{RUFF}",
            "src/shop/__init__.py": "",
            "src/shop/flows.py": FLOW,
        },
        "setuptools": {"setup.py": "", "requirements.txt": "dbos-build\n", **PACKAGE},
        "uv": {"pyproject.toml": f"{NAMED}dependencies = []\n", "uv.lock": "", "main.py": FLOW},
        "scripts": {"app.py": FLOW, "pages.py": ""},
        "two packages": {
            "pyproject.toml": f'{NAMED}dependencies = ["x"]\n',
            "src/one/__init__.py": "",
            "src/one/a.py": FLOW,
            "src/two/__init__.py": "",
            "src/two/b.py": FLOW.replace("order", "other"),
        },
        "monorepo": {
            "README.md": "",
            "services/shop/pyproject.toml": f'{NAMED}dependencies = ["dbos-build"]\n\n{RUFF}',
            "services/shop/shop/__init__.py": "",
            "services/shop/shop/flows.py": FLOW,
        },
        "hooks and jobs": {
            "pyproject.toml": f'{NAMED}dependencies = ["django"]\n',
            ".pre-commit-config.yaml": HOOKS,
            ".github/workflows/tests.yml": "jobs: {}\n",
            "ruff.toml": "line-length = 90\n",
            **PACKAGE,
        },
        "line ends": {"pyproject.toml": f"{NAMED}{RUFF}".replace("\n", "\r\n"), **PACKAGE},
        "namespace": {
            "pyproject.toml": NAMED,
            "src/company/shop/__init__.py": "",
            "src/company/shop/flows.py": FLOW,
        },
        "dynamic": {
            "pyproject.toml": '[project]\nname = "shop"\ndynamic = ["dependencies", "version"]\n',
            "requirements.txt": "dbos-build\n",
            **PACKAGE,
        },
        "pipenv": {"Pipfile": '[packages]\ndbos-build = "*"\n', **PACKAGE},
        "django": {
            "manage.py": "",
            "site/__init__.py": "",
            "orders/__init__.py": "",
            "orders/f.py": FLOW,
        },
    }
)
Found = dict[str, tuple[str, str]]


class Project:
    """One layout in a repository, set up and committed, with the folder that doctor is run in."""

    def __init__(self, repository: Repository, files: Mapping[str, str]) -> None:
        self.repository, self.top = repository, repository.folder
        for name, text in files.items():
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            (self.top / name).write_bytes(text.encode())
        (self.top / ".git/hooks").mkdir(exist_ok=True)
        (self.top / ".git/hooks/pre-commit").write_text("", "utf-8")
        inner = self.top / "services/shop"
        self.root = inner if inner.exists() else self.top
        self.flow = next(self.top / name for name, text in files.items() if "workflow()" in text)

    def remove(self, *names: str) -> None:
        """Remove files of these names."""
        for name in names:
            for path in self.top.rglob(name):
                path.unlink()

    def drop(self, name: str, part: str) -> None:
        """Remove the lines with a part from a file of the project, if it is there."""
        path = self.root / name
        if path.exists():
            lines = path.read_text("utf-8").splitlines(keepends=True)
            path.write_text("".join(each for each in lines if part not in each), "utf-8")


def found(capsys: pytest.CaptureFixture[str]) -> Found:
    """What is not well, with the commands; what nobody can mend by a command in tests is left out.

    The program of these layouts gives its registry to nobody, and extras depend on the machine.
    """
    capsys.readouterr()
    run(["doctor", "--output-format=json"])
    rows = json.loads(capsys.readouterr().out)
    aside = ("extras", "registry in use")
    return {
        row["name"]: (row["command"], row["message"])
        for row in rows
        if row["state"] != "ok" and row["name"] not in aside
    }


def carry_out(repository: Repository, told: Found) -> None:
    """Run every command."""
    for command in dict.fromkeys(each for each, _ in told.values() if each):
        program, *words = shlex.split(command)
        assert program == "dbos-build", command
        assert run(words) == 0, command
    repository.git("add", "--all")


def stale(project: Project) -> None:
    """A workflow more than the registry knows."""
    project.flow.write_text(project.flow.read_text("utf-8") + MORE, "utf-8")


def gone(project: Project) -> None:
    """No registry and no lock."""
    project.remove("dbos_registry.py", "dbos-build.lock")


def conflicting(project: Project) -> None:
    """A lock that was merged by hand."""
    lock = project.root / "dbos-build.lock"
    lock.write_text(f"<<<<<<< ours\n{lock.read_text('utf-8')}", "utf-8")


def without_job(project: Project) -> None:
    """No job for us."""
    project.remove("dbos-build*.yml")


def without_hooks(project: Project) -> None:
    """Hooks of others only."""
    (project.top / ".pre-commit-config.yaml").write_text(HOOKS, "utf-8")


def without_external(project: Project) -> None:
    """Ruff does not know our codes."""
    for name in ("pyproject.toml", "ruff.toml"):
        project.drop(name, '"DBS"')


BREAKING: Mapping[str, tuple[Callable[[Project], None], dict[str, str]]] = MappingProxyType(
    {
        "stale": (stale, {"registry": BUILD, "lock": BUILD}),
        "gone": (gone, {"registry": BUILD, "lock": BUILD}),
        "conflicting": (conflicting, {"lock": BUILD}),
        "no job": (without_job, {"ci": INIT}),
        "no hooks": (without_hooks, {"pre-commit": INIT}),
        "no external": (without_external, {"ruff": INIT}),
    }
)
WITH_RUFF = frozenset({"hatch", "monorepo", "hooks and jobs", "line ends"})


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_broken_is_named_and_mended_by_the_command_that_is_given(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBOS_SYSTEM_DATABASE_URL", raising=False)
    project = Project(create(tmp_path / "shop"), LAYOUTS[name])
    monkeypatch.chdir(project.root)
    before = found(capsys)
    assert before["configuration"][0] == before["registry"][0] == before["lock"][0] == INIT
    carry_out(project.repository, before)
    assert found(capsys) == {}
    for what, (breaking, expected) in BREAKING.items():
        breaking(project)
        told = found(capsys)
        commands = {each: command for each, (command, _) in told.items()}
        if what != "no external" or name in WITH_RUFF:
            assert commands == expected, (what, told)
        carry_out(project.repository, told)
        assert found(capsys) == {}, what


BY_HAND = {
    "the job": ({".gitlab-ci.yml": "pytest: {script: [pytest]}\n"}, "ci"),
    "the hooks": ({".pre-commit-config.yaml": "repos: []\n"}, "pre-commit"),
    "ruff above": (
        {"../ruff.toml": "line-length = 90\n", "pyproject.toml": NAMED},
        "ruff",
    ),
    "a list that a program makes": (
        {"pyproject.toml": LAYOUTS["dynamic"]["pyproject.toml"], "requirements.txt": "x\n"},
        "dependencies",
    ),
}


@pytest.mark.parametrize(("files", "name"), BY_HAND.values(), ids=BY_HAND)
def test_what_no_command_can_mend_is_shown_and_left_to_the_user(
    files: Mapping[str, str],
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create(tmp_path)
    root = tmp_path / "shop" if "../ruff.toml" in files else tmp_path
    root.mkdir(exist_ok=True)
    for each, text in {**PACKAGE, **files}.items():
        (root / each).parent.mkdir(exist_ok=True)
        (root / each).write_text(text, "utf-8")
    monkeypatch.chdir(root)
    assert run(["init"]) == 0
    capsys.readouterr()
    command, message = found(capsys)[name]
    assert command == ""
    assert message.endswith("; `dbos-build init --dry-run` shows what to add by hand")
    assert run(["init", "--dry-run"]) == 0
    assert "by hand" in capsys.readouterr().out


def test_hooks_of_another_release_and_projects_inside_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(create(tmp_path / "shop"), LAYOUTS["new poetry"])
    monkeypatch.chdir(project.root)
    hooks = (
        "repos:\n- repo: https://x/y/dbos-build\n  rev: v0.0.1\n  hooks:\n  - id: dbos-build-fix\n"
    )
    (project.root / ".pre-commit-config.yaml").write_text(hooks, "utf-8")
    inner = project.root / "tools_shop"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.dbos-build]\n", "utf-8")
    (inner / "flows.py").write_text(FLOW.replace("order", "other"), "utf-8")
    told = found(capsys)
    assert "run dbos-build 0.0.1, which is not the " in told["pre-commit"][1]
    assert 'leave it out with exclude = ["tools_shop"]' in told["projects"][1]
    (inner / "pyproject.toml").write_text("[tool.other]\n", "utf-8")
    assert "projects" not in found(capsys)
