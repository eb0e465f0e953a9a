"""Where builds come from: lock files, folders and git revisions, and everything that is none."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from dbos_build import cli

FLOWS = """\
from dbos import DBOS


@DBOS.step()
def charge(amount: int) -> str:
    return str(amount)


@DBOS.workflow()
def checkout(amount: int) -> str:
    return charge(amount)
"""
RENAMED = FLOWS.replace("def charge", "def pay").replace("charge(", "pay(")
PROJECT = '[tool.dbos-build]\nsources = ["shop"]\n'


@dataclass(frozen=True)
class Repository:
    """A project in a git repository, with two commits."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """Run git; its output."""
        identity = ("-c", "user.name=n", "-c", "user.email=e@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    made = Repository(tmp_path / "work")
    (made.folder / "shop").mkdir(parents=True)
    (made.folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (made.folder / "shop" / "flows.py").write_text(FLOWS, encoding="utf-8")
    made.git("init", "-q", "-b", "main")
    made.commit("one")
    made.git("tag", "v1.0")
    (made.folder / "shop" / "flows.py").write_text(FLOWS + "\n# more\n", encoding="utf-8")
    made.commit("two")
    monkeypatch.chdir(made.folder)
    return made


@dataclass(frozen=True)
class Answer:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str


def diff(capsys: pytest.CaptureFixture[str], *arguments: str) -> Answer:
    """Run the command as its entry point does."""
    code = cli.run(["diff", *arguments])
    told = capsys.readouterr()
    return Answer(code, told.out, told.err)


def rename(repository: Repository) -> None:
    """Change the working tree: the step has another name."""
    (repository.folder / "shop" / "flows.py").write_text(RENAMED, encoding="utf-8")


def test_the_working_tree_is_compared_with_the_last_commit(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    same = diff(capsys)
    assert (same.code, same.err) == (0, "")
    assert "identical     checkout" in same.out
    rename(repository)
    changed = diff(capsys)
    assert changed.code == 1
    assert "breaking      checkout" in changed.out
    assert "shop/flows.py:11" in changed.out
    assert "name='charge'" in changed.out


@pytest.mark.parametrize("revision", ["HEAD~1", "main", "v1.0", "@"])
def test_every_name_of_a_revision_will_do(
    repository: Repository, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    rename(repository)
    before = repository.git("status", "--porcelain=v2", "--branch")
    answer = diff(capsys, revision, "--json")
    assert answer.code == 1
    (judgement,) = json.loads(answer.out)["workflows"].values()
    assert judgement["verdict"] == "breaking"
    last = judgement["trace"][-1]
    assert last["old"] == {"path": "shop/flows.py", "line": 11, "text": "charge(amount)"}
    assert last["new"] == {"path": "shop/flows.py", "line": 11, "text": "pay(amount)"}
    assert repository.git("status", "--porcelain=v2", "--branch") == before
    assert diff(capsys, revision, "HEAD").code == 0


def test_the_committed_lock_file_is_what_the_working_tree_is_compared_with(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["build"]) == 0
    repository.commit("locked")
    rename(repository)
    capsys.readouterr()
    answer = diff(capsys)
    assert answer.code == 1
    assert answer.out.startswith("dbos-build.lock of HEAD (")
    assert "old: shop/flows.py  charge(amount)" in answer.out
    assert "new: shop/flows.py:11  pay(amount)" in answer.out
    assert diff(capsys, "dbos-build.lock", "HEAD").code == 0
    locked = json.loads(diff(capsys, "dbos-build.lock", "--json").out)
    assert locked["workflows"]["checkout"]["trace"][-1]["old"]["line"] is None


def test_two_lock_files_say_the_same_as_their_sources(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = repository.folder / "dbos-build.lock"
    for text, name in ((FLOWS, "old.lock"), (RENAMED, "new.lock")):
        (repository.folder / "shop" / "flows.py").write_text(text, encoding="utf-8")
        assert cli.run(["build"]) == 0
        lock.rename(repository.folder / name)
    capsys.readouterr()
    answer = diff(capsys, "old.lock", "new.lock", "--json")
    assert answer.code == 1
    judgement = json.loads(answer.out)["workflows"]["checkout"]
    assert judgement["verdict"] == "breaking"
    assert [each["code"] for each in judgement["findings"]] == ["DBS906"]
    assert diff(capsys, "old.lock", "old.lock").code == 0


def test_the_configuration_is_that_of_the_revision(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.folder / "shop").rename(repository.folder / "store")
    (repository.folder / "pyproject.toml").write_text(
        PROJECT.replace("shop", "store"), encoding="utf-8"
    )
    assert diff(capsys, "HEAD").code == 0


def test_a_folder_inside_of_a_repository_is_found_in_its_revisions(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = repository.folder / "inner"
    inner.mkdir()
    (inner / "jobs.py").write_text(FLOWS.replace("checkout", "sell"), encoding="utf-8")
    repository.commit("inner")
    (repository.folder / "pyproject.toml").unlink()
    repository.commit("without configuration")
    monkeypatch.chdir(inner)
    answer = diff(capsys, "HEAD", "--json")
    assert list(json.loads(answer.out)["workflows"]) == ["sell"]
    assert "has no Python files in 'inner'" in diff(capsys, "v1.0").err


def test_a_folder_goes_before_a_revision_of_its_name(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("branch", "other")
    (repository.folder / "other").mkdir()
    (repository.folder / "other" / "flows.py").write_text(RENAMED, encoding="utf-8")
    assert diff(capsys, "refs/heads/other").code == 0
    assert "is outside the project" in diff(capsys, "other").err or diff(capsys, "other").code == 1


LOCKS = {
    "format 1": ('{"format": 1, "workflows": {}}', "has format 1, but this dbos-build reads 2"),
    "format 99": ('{"format": 99}', "has format 99, but this dbos-build reads 2"),
    "corrupt": ('{"format": 2,', "is not valid JSON"),
    "conflict": ("<<<<<<< a\n=======\n>>>>>>> b\n", "has unresolved merge conflicts"),
    "empty": ("", "is not valid JSON"),
    "a list": ("[]", "is not a lock file of dbos-build"),
    "no workflows": ('{"format": 2}', "has no workflows"),
    "half": ('{"format": 2, "workflows": {}}', "is damaged"),
    "an odd workflow": ('{"format": 2, "workflows": {"a": 3}, "schedules": []}', "is damaged"),
}


@pytest.mark.parametrize("case", LOCKS)
def test_a_lock_file_that_is_none_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    text, told = LOCKS[case]
    lock = tmp_path / "some.lock"
    lock.write_text(text, encoding="utf-8")
    answer = diff(capsys, str(lock), str(lock))
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("damage", ["contract", "flow", "steps", "version"])
def test_a_lock_file_with_a_damaged_part_is_one_clear_line(
    repository: Repository, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    assert cli.run(["build"]) == 0
    lock = repository.folder / "dbos-build.lock"
    document = json.loads(lock.read_text(encoding="utf-8"))
    for value in (None, 7, {"x": 1}, ["x"]):
        document["workflows"]["checkout"][damage] = value
        lock.write_text(json.dumps(document), encoding="utf-8")
        capsys.readouterr()
        answer = diff(capsys, "dbos-build.lock")
        if (damage, type(value)) in {("steps", dict), ("steps", list)}:
            continue
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), value
        assert "dbos-build.lock" in answer.err


def test_what_is_no_build_is_one_clear_line(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    (repository.folder / "empty").mkdir()
    os.mkfifo(repository.folder / "pipe")
    told = {
        "nowhere": "is neither a file or folder nor a git revision",
        "HEAD~99": "is neither a file or folder nor a git revision",
        "v1.0:pyproject.toml": "is neither a file or folder nor a git revision",
        "gone.lock": "does not exist",
        "gone.py": "does not exist",
        "gone/": "does not exist",
        "picture.png": "is not UTF-8",
        "empty": "no Python files in empty",
        "pipe": "is a named pipe",
        "": "is named by a lock file, a folder or a git revision",
        "pyproject.toml": "is not valid JSON",
        "a\0b": "is no git revision",
    }
    for word, message in told.items():
        answer = diff(capsys, word)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), word
        assert message in answer.err, word


def test_outside_of_a_repository_there_are_no_revisions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flows.py").write_text(FLOWS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "is in no git repository" in diff(capsys, "main").err
    assert "name two builds: dbos-build diff OLD NEW" in diff(capsys).err
    subprocess.run(["git", "init", "-q"], check=True)
    assert "name two builds: dbos-build diff OLD NEW" in diff(capsys).err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in diff(capsys, "main").err
    assert diff(capsys, ".").code == 0


def test_an_option_is_no_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert CliRunner().invoke(cli.group, ["diff", "--output=x"]).exit_code == 2
    answer = diff(capsys, "--", "--output=x")
    assert (answer.code, answer.out) == (2, "")
