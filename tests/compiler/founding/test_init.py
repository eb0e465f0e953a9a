"""`dbos-build init`: what is written, what is left alone, and what is refused in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from dbos_build.cli import run
from support.repositories import Repository

WORKFLOW = """\
from dbos import DBOS


@DBOS.workflow()
def place(order: str) -> str:
    return order
"""
WRONG = "import time\n\n" + WORKFLOW.replace("return order", "return order + str(time.time())")
Said = pytest.CaptureFixture[str]


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put files into a folder, byte for byte."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but those of git."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if ".git" not in path.relative_to(folder).parts
    }


def ran(folder: Path, *command: str, **extra: str) -> str:
    """What a command prints; it must succeed, and finds ours beside this interpreter."""
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DBOS")}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PATH": places, **extra},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, (command, done.stdout + done.stderr)
    return done.stdout


def test_a_new_project_runs_and_is_clean(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "Corner Shop"]) == 0, capsys.readouterr()
    shop = tmp_path / "Corner Shop"
    assert "1 workflow, 2 steps" in capsys.readouterr().out
    monkeypatch.chdir(shop)
    assert run(["check", "--strict"]) == 0, capsys.readouterr()
    assert run(["verify"]) == 0, capsys.readouterr()
    first = ran(shop, sys.executable, "-m", "corner_shop", "Ada").splitlines()
    again = ran(shop, sys.executable, "-m", "corner_shop", "Ada").splitlines()
    assert first[-1].endswith("hello, Ada!")
    assert again == first[-1:]
    ran(shop, sys.executable, "-m", "ruff", "check", "--no-cache", "--extend-select", "RUF,I", ".")
    ran(shop, sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".")
    for line in (shop / "README.md").read_text("utf-8").splitlines():
        if line.startswith("    .venv/bin/python"):
            assert line.split()[:3] == [".venv/bin/python", "-m", "corner_shop"]


def test_a_second_run_changes_nothing(tmp_path: Path, capsys: Said) -> None:
    assert run(["init", str(tmp_path / "shop")]) == 0
    before = contents(tmp_path)
    capsys.readouterr()
    assert run(["init", str(tmp_path / "shop")]) == 0
    assert contents(tmp_path) == before
    said = capsys.readouterr().out
    assert "made " not in said
    assert "added to" not in said


def test_a_dry_run_shows_everything_and_writes_nothing(tmp_path: Path, capsys: Said) -> None:
    write(tmp_path, {"pyproject.toml": '[project]\nname = "shop"\n', "shop.py": WORKFLOW})
    before = contents(tmp_path)
    assert run(["init", "--dry-run", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert contents(tmp_path) == before
    assert "+[tool.dbos-build]" in said
    assert "would make" in said
    assert run(["init", "--dry-run", str(tmp_path / "new")]) == 0
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_the_user_wrote_is_kept_to_the_letter(tmp_path: Path, end: str) -> None:
    text = (
        '# ours\n[project]\nname = "shop"  # the name\ndependencies = [\n    "click>=8", # cli\n]\n'
        '\n[tool.ruff.lint]\nselect = ["E", "RUF"]\nexternal = ["ABC"]\n\n[tool.other]\nx = 1\n'
    ).replace("\n", end)
    package = {
        "src/shop/__init__.py": "",
        "src/shop/flows.py": WORKFLOW,
        "src/more/__init__.py": "",
    }
    write(tmp_path, {"pyproject.toml": text, **package, "tests/test_shop.py": WRONG})
    assert run(["init", str(tmp_path)]) == 0
    made = (tmp_path / "pyproject.toml").read_bytes().decode()
    data = tomllib.loads(made)
    assert data["tool"]["dbos-build"] == {
        "sources": ["src/more", "src/shop"],
        "registry": "src/shop/dbos_registry.py",
    }
    assert data["tool"]["ruff"]["lint"] == {"select": ["E", "RUF"], "external": ["ABC", "DBS"]}
    assert data["project"]["dependencies"] == ["click>=8", "dbos-build"]
    assert made.count("\n") == made.count(end)
    added = {f'    "dbos-build",{end}', f"[tool.dbos-build]{end}", end}
    old = text.splitlines(keepends=True)
    new = made.splitlines(keepends=True)
    rest = [line for line in new if line not in added and "sources =" not in line]
    rest = [line.replace('"ABC", "DBS"', '"ABC"') for line in rest if "registry =" not in line]
    assert rest == [line for line in old if line != end]
    assert (tmp_path / "src" / "shop" / "dbos_registry.py").exists()


def test_ruff_leaves_a_comment_of_ours_alone_afterwards(tmp_path: Path) -> None:
    silenced = WORKFLOW.replace("-> str:", "-> str:  # noqa: DBS101")
    ruff = '[lint]\nselect = ["RUF100", "RUF102"]\n'
    write(tmp_path, {"flows.py": silenced, "ruff.toml": ruff})
    command = (sys.executable, "-m", "ruff", "check", "--no-cache", "--quiet", "flows.py")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    run(["init", str(tmp_path)])
    ran(tmp_path, *command)


def test_a_folder_of_scripts_gets_a_configuration_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"flows.py": WORKFLOW, "requirements.txt": "requests\n"})
    assert run(["init", str(tmp_path), "--no-editor"]) == 0
    made = contents(tmp_path)
    assert made["dbos-build.toml"] == b'registry = "dbos_registry.py"\n'
    assert "pyproject.toml" not in made
    assert ".vscode/tasks.json" not in made
    assert b"pip install -r requirements.txt dbos-build" in made[".github/workflows/dbos-build.yml"]
    assert b"flows:place" in made["dbos_registry.py"]


def test_errors_in_the_program_are_told_and_everything_else_is_set_up(
    tmp_path: Path, capsys: Said
) -> None:
    write(tmp_path, {"flows.py": WRONG})
    assert run(["init", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "1 error stands in the way" in said
    assert (tmp_path / "dbos-build.toml").exists()
    assert not (tmp_path / "dbos_registry.py").exists()


def test_a_program_without_workflows_has_no_registry_yet(tmp_path: Path, capsys: Said) -> None:
    write(tmp_path, {"app.py": "print('hello')\n"})
    assert run(["init", str(tmp_path)]) == 0
    assert "no workflows yet" in capsys.readouterr().out
    assert not (tmp_path / "dbos_registry.py").exists()


def test_ruff_that_is_configured_for_a_whole_repository_is_left_to_the_user(
    tmp_path: Path, capsys: Said
) -> None:
    shop = tmp_path / "services" / "shop"
    write(
        tmp_path,
        {
            ".git/config": "",
            "pyproject.toml": "[tool.ruff]\nline-length = 90\n",
            "services/shop/pyproject.toml": '[project]\nname = "shop"\nversion = "0"\n',
            "services/shop/flows.py": WORKFLOW,
        },
    )
    assert run(["init", str(shop)]) == 0
    assert f"{tmp_path / 'pyproject.toml'}: have ruff leave our codes" in capsys.readouterr().out
    assert run(["doctor", str(shop)]) == 1
    assert "lacks DBS in lint.external" in capsys.readouterr().out
    write(tmp_path, {"pyproject.toml": '[tool.ruff.lint]\nexternal = ["DBS"]\n'})
    assert run(["init", str(shop)]) == 0
    assert "have ruff leave" not in capsys.readouterr().out
    assert run(["doctor", str(shop)]) == 0


POETRY = '[tool.poetry]\nname = "shop"\n\n[tool.poetry.dependencies]\n'
DEPENDING = {
    "a list": ("pyproject.toml", '[project]\nname = "shop"\ndependencies = ["dbos>=2"]\n'),
    "a group": (
        "pyproject.toml",
        '[project]\nname = "shop"\nversion = "0"\n[dependency-groups]\njob = ["DBOS[otel]"]\n',
    ),
    "poetry": ("pyproject.toml", POETRY + 'python = "^3.11"\ndbos = "^2.0"\n'),
    "requirements": ("requirements.txt", "# pinned\nrequests\ndbos==2.3.0 \\\n"),
    "pipenv": ("Pipfile", '[packages]\ndbos = "*"\n'),
}
LACKING = {
    "poetry": ("pyproject.toml", POETRY + 'python = "^3.11"\n', 'dbos-build = "*"'),
    "requirements": ("requirements.txt", "requests\n", "dbos-build"),
    "pipenv": ("Pipfile", "[packages]\n", 'dbos-build = "*"'),
}


@pytest.mark.parametrize(("name", "text"), DEPENDING.values(), ids=DEPENDING)
def test_the_other_distribution_among_the_dependencies_is_left_to_the_user(
    tmp_path: Path, capsys: Said, name: str, text: str
) -> None:
    write(tmp_path, {name: text, "flows.py": WORKFLOW})
    assert run(["init", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.count("depend on dbos-build in place of dbos") == 1
    assert "add the dependency" not in told
    kept = (tmp_path / name).read_text("utf-8").partition("\n[tool.dbos-build]")[0]
    assert kept.rstrip() == text.rstrip()
    assert run(["doctor", str(tmp_path)]) == 1
    assert f"{name} names dbos" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "text", "line"), LACKING.values(), ids=LACKING)
def test_a_dependency_that_cannot_be_added_is_shown(
    tmp_path: Path, capsys: Said, name: str, text: str, line: str
) -> None:
    write(tmp_path, {name: text, "flows.py": WORKFLOW})
    assert run(["init", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert f"{name}: add the dependency\n    {line}\n" in told
    assert run(["doctor", str(tmp_path)]) == 0
    assert "in place of dbos" not in told


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"pyproject.toml": "[project\n", "a.py": ""}, "pyproject.toml: is not valid TOML"),
        ({"pyproject.toml": "", "dbos-build.toml": "sorces = []\n", "a.py": ""}, "'sorces'"),
        ({"ruff.toml": "lint = {\n", "a.py": ""}, "ruff.toml: is not valid TOML"),
        ({".github": "a file", "a.py": ""}, ".github"),
        ({"a.py": "", "dbos_registry.py/x.txt": ""}, "dbos_registry.py"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: Said, files: dict[str, str], message: str
) -> None:
    write(tmp_path, {"flows.py": WORKFLOW, **files})
    before = contents(tmp_path)
    code = run(["init", str(tmp_path)])
    said = capsys.readouterr().err
    assert (code, said.count("\n")) == (2, 1), said
    assert message in said
    if "registry" not in message:
        assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["x", "json", "日本", "tests", "dbos", "-a-", "a" * 64, "9lives"])
def test_a_name_that_no_package_can_have_is_refused(
    tmp_path: Path, capsys: Said, name: str
) -> None:
    assert run(["init", str(tmp_path / "new"), f"--name={name}"]) == 2
    assert "cannot be the name of the project" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_file_or_a_place_below_one_is_no_project(tmp_path: Path, capsys: Said) -> None:
    write(tmp_path, {"notes.txt": ""})
    assert run(["init", str(tmp_path / "notes.txt")]) == 2
    assert "is a file" in capsys.readouterr().err
    assert run(["init", str(tmp_path / "notes.txt" / "shop")]) == 2
    told = capsys.readouterr()
    assert "notes.txt: is in the way: not a folder" in told.err
    assert told.out == ""


@pytest.mark.parametrize("command", ["init", "check", "build", "doctor", "upgrade"])
def test_a_name_that_the_system_cannot_look_up_is_one_line(
    tmp_path: Path, capsys: Said, command: str
) -> None:
    assert run([command, str(tmp_path / ("long" * 100))]) == 2
    said = capsys.readouterr().err
    assert "internal error" not in said
    assert "File name too long" in said or "does not exist" in said


def test_links_are_not_written_through(tmp_path: Path, capsys: Said) -> None:
    outside = write(tmp_path / "outside", {"pyproject.toml": '[project]\nname = "shop"\n'})
    root = write(tmp_path / "root", {"flows.py": WORKFLOW})
    (root / "pyproject.toml").symlink_to(outside / "pyproject.toml")
    assert run(["init", str(root)]) == 2
    assert "not a regular file" in capsys.readouterr().err
    (root / "pyproject.toml").unlink()
    (root / ".github").symlink_to(outside)
    assert run(["init", str(root)]) == 2
    assert "leads out of the project" in capsys.readouterr().err
    assert contents(outside) == {"pyproject.toml": b'[project]\nname = "shop"\n'}
    assert not (root / "dbos-build.toml").exists()


def test_a_folder_inside_of_a_project_is_sent_to_the_project(tmp_path: Path, capsys: Said) -> None:
    write(tmp_path, {"pyproject.toml": '[project]\nname = "shop"\n', "shop/flows.py": WORKFLOW})
    assert run(["init", str(tmp_path / "shop")]) == 2
    assert f"run `dbos-build init {tmp_path}`" in capsys.readouterr().err


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_a_project_in_a_folder_of_a_repository_is_verified_there(tmp_path: Path, ci: str) -> None:
    top = Repository(tmp_path)
    top.git("init", "-q", "-b", "main")
    write(tmp_path / "services/shop", {"pyproject.toml": "", "flows.py": WORKFLOW})
    assert run(["init", str(tmp_path / "services/shop"), f"--ci={ci}"]) == 0
    if ci == "github":
        job = yaml.safe_load(
            (tmp_path / ".github/workflows/dbos-build-services-shop.yml").read_text("utf-8")
        )["jobs"]["workflows"]
        assert job["defaults"]["run"]["working-directory"] == "services/shop"
    else:
        job = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text("utf-8"))["workflows"]
        assert job["script"][0] == 'cd "services/shop"'
        report = job["artifacts"]["reports"]["codequality"]
        assert report == "services/shop/gl-code-quality-report.json"
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text("utf-8"))
    entry = hooks["repos"][0]["hooks"][0]["entry"]
    assert entry == "bash -c 'cd services/shop && dbos-build check'"


@pytest.mark.parametrize(
    ("text", "is_added"),
    [
        ("repos:\n- repo: https://x/y\n  rev: v1\n  hooks:\n  - id: a\n", True),
        ("fail_fast: true\nrepos:\n    - repo: local\n      hooks: []\n# the end\n", True),
        ("repos:\r\n  - repo: local\r\n    hooks: []\r\n", True),
        ("repos: []\nfail_fast: true\n", False),
        ("repos:\n  - repo: local\n    hooks: []\nfail_fast: true\n", False),
        ("repos: [{repo: local, hooks: []}]\n", False),
    ],
)
def test_hooks_are_added_after_the_users_or_shown(
    tmp_path: Path, capsys: Said, text: str, is_added: bool
) -> None:
    file = ".pre-commit-config.yaml"
    write(tmp_path, {file: text, "flows.py": WORKFLOW})
    assert run(["init", str(tmp_path)]) == 0
    made = (tmp_path / file).read_bytes().decode()
    assert ("by hand, in" in capsys.readouterr().out) is not is_added
    assert made.startswith(text)
    assert (made != text) is is_added
    if is_added:
        old, new = yaml.safe_load(text), yaml.safe_load(made)
        assert new["repos"][:-1] == old["repos"]
        assert [hook["id"] for hook in new["repos"][-1]["hooks"]] == [
            "dbos-build-check",
            "dbos-build-build",
        ]


def test_files_of_ci_that_are_there_are_never_touched(tmp_path: Path, capsys: Said) -> None:
    ours, theirs = "jobs: {a: {steps: [{run: dbos-build check}]}}\n", "pytest: {script: [pytest]}\n"
    write(tmp_path, {"flows.py": WORKFLOW, ".github/workflows/test.yml": ours})
    assert run(["init", str(tmp_path), "--ci=github"]) == 0
    assert "test.yml: runs dbos-build already" in capsys.readouterr().out
    write(tmp_path, {".gitlab-ci.yml": theirs, ".vscode/tasks.json": "// mine\n{}\n"})
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / ".gitlab-ci.yml").read_text("utf-8") == theirs
    assert "add the job" in capsys.readouterr().out


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A new project, committed, with a change on a branch."""
    made = Repository(tmp_path_factory.mktemp("ci"))
    made.git("init", "-q", "-b", "main")
    assert run(["init", str(made.folder), "--name=corner-shop"]) == 0
    made.commit()
    made.git("update-ref", "refs/remotes/origin/main", "HEAD")
    made.git("checkout", "-q", "-b", "change")
    flows = made.folder / "corner_shop" / "workflows.py"
    flows.write_text(flows.read_text("utf-8") + "\n# a comment\n", "utf-8")
    return made


def test_the_lines_of_the_job_for_github_run(repository: Repository) -> None:
    file = repository.folder / ".github" / "workflows" / "dbos-build.yml"
    steps = yaml.safe_load(file.read_text("utf-8"))["jobs"]["workflows"]["steps"]
    lines = [step["run"] for step in steps if "run" in step]
    assert lines[0] == "pip install -e ."
    summary = repository.folder.parent / "summary.md"
    ran(repository.folder, "dbos-build", "build")
    for line in lines[1:]:
        extra = {"BASE": "main", "GITHUB_STEP_SUMMARY": str(summary)}
        ran(repository.folder, "bash", "-e", "-c", line, **extra)
    assert "identical" in summary.read_text("utf-8")


def test_the_lines_of_the_job_for_gitlab_run(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(repository.folder, clone)
    assert run(["init", str(clone), "--ci=gitlab"]) == 0
    script = yaml.safe_load((clone / ".gitlab-ci.yml").read_text("utf-8"))["workflows"]["script"]
    assert script[0] == "pip install -e ."
    Repository(clone).git("remote", "add", "origin", str(repository.folder))
    for line in script[1:]:
        ran(clone, "bash", "-e", "-c", line, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert (clone / "gl-code-quality-report.json").read_text("utf-8").strip() == "[]"


def test_the_hooks_run_in_pre_commit(repository: Repository, tmp_path: Path) -> None:
    clone = Repository(tmp_path / "clone")
    shutil.copytree(repository.folder, clone.folder)
    clone.git("add", ".")
    place = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "GIT_CONFIG_GLOBAL": os.devnull}
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files")
    ran(clone.folder, *command, **place)
    flows = clone.folder / "corner_shop" / "workflows.py"
    flows.write_text(flows.read_text("utf-8").replace("DBOS.sleep", "__import__('time').sleep"))
    clone.git("add", ".")
    done = subprocess.run(
        command,
        cwd=clone.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={**os.environ, **place, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert done.returncode == 1
    assert "DBS" in done.stdout
