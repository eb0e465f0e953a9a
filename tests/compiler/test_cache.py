"""The cache answers only for exactly what it was asked, and never gets in the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dbos_build.checking import cache
from dbos_build.checking.cache import Cache
from dbos_build.cli.session import Asked, Outcome, check
from dbos_build.reading.sources import Project, Source

CLOCK = "import time\n\n\ndef now():\n    return time.time()\n"
FLOW = (
    "from dbos import DBOS\nfrom clocks import now\n\n\n@DBOS.workflow()\ndef run():\n"
    "    return now()\n"
)


def made(folder: Path) -> Path:
    """A project that is large enough for a cache, with one finding."""
    folder.mkdir(exist_ok=True)
    (folder / "flow.py").write_text(FLOW, encoding="utf-8")
    (folder / "clocks.py").write_text(CLOCK, encoding="utf-8")
    padding = f"TEXT = {'x' * 1000!r}\n" * (cache.WORTHWHILE_CHARACTERS // 1000)
    (folder / "large.py").write_text(padding, encoding="utf-8")
    return folder


def codes(outcome: Outcome) -> list[str]:
    """The codes of the findings of a check."""
    return [finding.code for finding in outcome.findings]


def test_a_value_comes_back_only_for_its_key(tmp_path: Path) -> None:
    store = Cache(tmp_path / ".dbos-build" / "check")
    assert store.load("a.json", "k") is None
    store.save("a.json", "k", {"x": [1, None, "\udc80"]})
    assert store.load("a.json", "k") == {"x": [1, None, "\udc80"]}
    assert store.load("a.json", "other") is None
    assert store.load("b.json", "k") is None
    assert (tmp_path / ".dbos-build" / ".gitignore").read_text("utf-8") == "*\n"
    assert Cache(None).load("a.json", "k") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"key": "k"}', "[" * 100_000, "\udcff"])
def test_a_damaged_file_is_no_answer(tmp_path: Path, text: str) -> None:
    store = Cache(tmp_path / ".dbos-build" / "check")
    store.save("a.json", "k", [1])
    file = tmp_path / ".dbos-build" / "check" / "a.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert store.load("a.json", "k") is None


def test_a_changed_value_is_no_answer(tmp_path: Path) -> None:
    store = Cache(tmp_path / ".dbos-build" / "check")
    store.save("a.json", "k", ["DBS001"])
    file = tmp_path / ".dbos-build" / "check" / "a.json"
    document = json.loads(file.read_text("utf-8"))
    document["value"] = []
    file.write_text(json.dumps(document), encoding="utf-8")
    assert store.load("a.json", "k") is None


def test_links_are_neither_read_nor_written(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    Cache(outside / ".dbos-build" / "check").save("a.json", "k", [1])
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / ".dbos-build").symlink_to(outside / ".dbos-build")
    store = Cache(tmp_path / "p" / ".dbos-build" / "check")
    assert store.load("a.json", "k") is None
    store.save("b.json", "k", [1])
    assert not (outside / ".dbos-build" / "check" / "b.json").exists()


def test_a_folder_that_cannot_be_made_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / ".dbos-build").write_text("a file", encoding="utf-8")
    store = Cache(tmp_path / ".dbos-build" / "check")
    store.save("a.json", "k", [1])
    assert store.load("a.json", "k") is None
    Cache(tmp_path / "gone" / ".dbos-build" / "check").save("a.json", "k", [1])
    assert not (tmp_path / "gone").exists()


def test_old_results_are_dropped(tmp_path: Path) -> None:
    folder = tmp_path / ".dbos-build" / "check"
    store = Cache(folder)
    for number in range(cache.FILES_MAX + 5):
        store.save(f"{number}.json", "k", number)
    assert len(list(folder.iterdir())) == cache.FILES_MAX
    assert store.load(f"{cache.FILES_MAX + 4}.json", "k") == cache.FILES_MAX + 4


def test_the_key_depends_on_everything_that_findings_depend_on() -> None:
    def key(source: Source, *rest: str) -> str:
        project = Project(Path(), (source,))
        return cache.project_key(project, cache.source_digests(project), *rest)

    keys = [
        key(Source("a", "a.py", "x")),
        key(Source("a", "a.py", "y")),
        key(Source("b", "a.py", "x")),
        key(Source("a", "b.py", "x")),
        key(Source("a", "a.py", "x", is_package=True)),
        key(Source("a", "a.py", "x", requested=False)),
        key(Source("a", "a.py", None, problem="p")),
        key(Source("a", "a.py", None, problem="q")),
        key(Source("a", "a.py", "x"), "strict"),
    ]
    assert len(set(keys)) == len(keys)
    assert key(Source("a", "a.py", "x")) == keys[0]


def test_a_check_again_gives_the_same_and_a_change_is_seen(tmp_path: Path) -> None:
    root = made(tmp_path / "p")
    first = check([root], Asked())
    assert codes(first) == ["DBS001"]
    assert (root / ".dbos-build" / "check" / "files.json").exists()
    assert check([root], Asked()) == first
    assert codes(check([root], Asked(ignore=("DBS0",)))) == []
    assert codes(check([root], Asked())) == ["DBS001"]
    (root / "clocks.py").write_text("def now():\n    return 1\n", encoding="utf-8")
    assert codes(check([root], Asked())) == []
    (root / "clocks.py").write_text(CLOCK, encoding="utf-8")
    (root / "other.py").write_text("def broken(:\n", encoding="utf-8")
    assert codes(check([root], Asked())) == ["DBS001", "DBS990"]
    os.unlink(root / "other.py")
    assert check([root], Asked()) == first


def test_small_projects_and_single_files_get_no_folder(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    (small / "flow.py").write_text("x = 1\n", encoding="utf-8")
    check([small], Asked())
    large = made(tmp_path / "large")
    check([large / "flow.py"], Asked())
    check([large], Asked(use_cache=False))
    assert not (small / ".dbos-build").exists()
    assert not (large / ".dbos-build").exists()
