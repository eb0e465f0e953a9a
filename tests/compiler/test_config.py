"""Configuration: where it is found, what it may say, and that a slip is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbos_build import config
from dbos_build.config import Settings
from dbos_build.error import ConfigError


def project(folder: Path, table: str, name: str = "pyproject.toml") -> Path:
    """A folder with a configuration file."""
    folder.mkdir(parents=True, exist_ok=True)
    head = "" if name == "dbos-build.toml" else "[tool.dbos-build]\n"
    (folder / name).write_text(head + table, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("source = ['a']", "unknown key 'source' in [tool.dbos-build]; did you mean 'sources'?"),
        ("zzz = 1", "unknown key 'zzz' in [tool.dbos-build]; known keys: exclude, ignore"),
        ("sources = 'shop'", "'sources' must be a list of strings, not 'shop'"),
        ("sources = [1]", "'sources' must be a list of strings, not [1]"),
        ("sources = []", "'sources' is empty"),
        ("sources = ['../other']", "'sources' must stay inside the project"),
        ("sources = ['/etc']", "'sources' must stay inside the project"),
        ("registry = 1", "'registry' must be the path of a file, not 1"),
        ("registry = '../x.py'", "'registry' must stay inside the project"),
        ("registry = 'registry.txt'", "'registry' must be a Python file"),
        ("lock = ''", "'lock' must be the path of a file"),
        ("lock = 'a.py'\nregistry = 'a.py'", "'registry' and 'lock' name the same file"),
        ("strict = 'yes'", "'strict' must be true or false, not 'yes'"),
        ("sources = [", "is not valid TOML"),
    ],
)
def test_a_slip_is_one_line_that_names_the_file_and_the_key(
    tmp_path: Path, table: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load([project(tmp_path, table)])
    assert message in str(caught.value)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        config.load([tmp_path])


def test_a_section_that_is_no_table_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ndbos-build = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="must be a table"):
        config.load([tmp_path])


def test_the_nearest_file_with_our_section_counts(tmp_path: Path) -> None:
    project(tmp_path, "sources = ['outer']")
    inner = tmp_path / "inner" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "inner" / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    found = config.load([inner])
    assert found.root == tmp_path
    assert found.sources == ("outer",)
    project(tmp_path / "inner", "strict = true", "dbos-build.toml")
    assert config.load([inner]) == Settings(root=tmp_path / "inner", strict=True)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert config.load([tmp_path]) == Settings()


def test_every_key_is_taken_over(tmp_path: Path) -> None:
    table = (
        "sources = ['a', 'b']\nregistry = 'a/registry.py'\nlock = 'x.lock'\nexclude = ['a/old']\n"
        "select = ['DBS1']\nignore = ['wall-clock']\nstrict = true\n"
    )
    assert config.load([project(tmp_path, table)]) == Settings(
        root=tmp_path,
        sources=("a", "b"),
        registry="a/registry.py",
        lock="x.lock",
        exclude=("a/old",),
        select=("DBS1",),
        ignore=("wall-clock",),
        strict=True,
    )


def test_paths_of_two_projects_are_refused(tmp_path: Path) -> None:
    one, two = project(tmp_path / "one", ""), project(tmp_path / "two", "")
    with pytest.raises(ConfigError, match="belong to different projects"):
        config.load([one, two])
