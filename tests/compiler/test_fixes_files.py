"""Writing fixed files: what must not be written first, then bytes that stay as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbos_build.error import OutputError
from dbos_build.fixes import files
from dbos_build.reading.sources import decode

OLD = "import time\n\n\ndef f():\n    time.sleep(1)\n    return 'é'\n"
NEW = "import time\n\n\ndef f():\n    DBOS.sleep(1)\n    # a new line\n    return 'é'\n"


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(OLD + "# more\n", encoding="utf-8")
    with pytest.raises(OutputError, match="has changed since it was read"):
        files.save(tmp_path, {"main.py": OLD}, {"main.py": NEW})
    assert path.read_text(encoding="utf-8") == OLD + "# more\n"


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be read"):
        files.save(tmp_path, {"main.py": OLD}, {"main.py": NEW})
    assert not list(tmp_path.iterdir())


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(OLD, encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "main.py").symlink_to(outside)
    with pytest.raises(OutputError, match="outside the project"):
        files.save(project, {"main.py": OLD}, {"main.py": NEW})
    assert outside.read_text(encoding="utf-8") == OLD


def test_a_link_inside_the_project_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_text(OLD, encoding="utf-8")
    (tmp_path / "main.py").symlink_to(target)
    files.save(tmp_path, {"main.py": OLD}, {"main.py": NEW})
    assert (tmp_path / "main.py").is_symlink()
    assert target.read_text(encoding="utf-8") == NEW


def test_when_one_file_cannot_be_fixed_none_is_written(tmp_path: Path) -> None:
    first = tmp_path / "a.py"
    first.write_text(OLD, encoding="utf-8")
    (tmp_path / "b.py").write_text("changed\n", encoding="utf-8")
    with pytest.raises(OutputError):
        files.save(tmp_path, {"a.py": OLD, "b.py": OLD}, {"a.py": NEW, "b.py": NEW})
    assert first.read_text(encoding="utf-8") == OLD


def test_a_character_that_the_encoding_lacks_is_refused(tmp_path: Path) -> None:
    old = "# -*- coding: latin-1 -*-\nx = 'é'\n"
    (tmp_path / "main.py").write_bytes(old.encode("latin-1"))
    with pytest.raises(OutputError, match="its encoding cannot hold the fix"):
        files.save(tmp_path, {"main.py": old}, {"main.py": old + "y = '中'\n"})
    assert (tmp_path / "main.py").read_bytes() == old.encode("latin-1")


@pytest.mark.parametrize(
    ("encoding", "line_end"),
    [
        *((each, "\n") for each in ("utf-8", "utf-8-sig", "latin-1", "cp1252")),
        *((each, "\r\n") for each in ("utf-8", "utf-8-sig", "latin-1", "cp1252")),
        *((each, "\r") for each in ("utf-8", "utf-8-sig")),
    ],
)
def test_encoding_mark_and_line_ends_are_kept(tmp_path: Path, encoding: str, line_end: str) -> None:
    head = f"# coding: {encoding}\n" if encoding in ("latin-1", "cp1252") else ""
    path = tmp_path / "main.py"
    path.write_bytes((head + OLD).replace("\n", line_end).encode(encoding))
    text, _ = decode(path.read_bytes())
    assert text == head + OLD
    assert files.save(tmp_path, {"main.py": text}, {"main.py": head + NEW}) == ("main.py",)
    assert path.read_bytes() == (head + NEW).replace("\n", line_end).encode(encoding)


def test_lines_keep_their_own_ends_in_a_file_of_mixed_ones() -> None:
    raw = b"a = 1\r\nb = 2\nc = 3\r\nd = 4\r\n"
    text, _ = decode(raw)
    assert text is not None
    new = text.replace("c = 3\n", "c = 30\ncc = 31\n")
    assert files.encoded(raw, text, new) == b"a = 1\r\nb = 2\nc = 30\r\ncc = 31\r\nd = 4\r\n"


def test_a_form_feed_does_not_confuse_the_line_ends() -> None:
    raw = b"a = 1\r\n\x0cb = 2\r\n"
    text, _ = decode(raw)
    assert text is not None
    assert files.encoded(raw, text, text + "c = 3\n") == b"a = 1\r\n\x0cb = 2\r\nc = 3\r\n"


def test_the_permissions_are_kept_and_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(OLD, encoding="utf-8")
    os.chmod(path, 0o754)
    files.save(tmp_path, {"main.py": OLD}, {"main.py": NEW})
    assert path.stat().st_mode & 0o777 == 0o754
    assert [each.name for each in tmp_path.iterdir()] == ["main.py"]


def test_the_difference_names_files_and_a_missing_last_line_end() -> None:
    shown = files.unified({"b.py": "x\n", "a.py": "y"}, {"b.py": "z\n", "a.py": "y\nw"})
    assert shown.startswith("--- a/a.py\n+++ b/a.py\n")
    assert "\n-y\n\\ No newline at end of file\n+y\n+w\n\\ No newline at end of file\n" in shown
    assert shown.endswith("--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-x\n+z\n")
