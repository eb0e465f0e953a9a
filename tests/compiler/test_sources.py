"""Reading user files: hostile trees, encodings, links, and what each file is called.

Whatever is wrong with one file in a folder becomes that file's problem; only paths that the user
names and that make no sense are errors.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbos_build.checking import Checker
from dbos_build.error import SourceError
from dbos_build.reading import packages
from dbos_build.reading.sources import FILE_SIZE_MAX_BYTES, Project, Source, decode, read
from dbos_build.settings.config import Settings


def put(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, which is returned."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def names(project: Project) -> dict[str, str]:
    """The module name of every path."""
    return {source.path: source.module for source in project.sources}


def only(project: Project, path: str) -> Source:
    """The source at a path."""
    return next(source for source in project.sources if source.path == path)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a name short enough for a socket."""
    folder = Path("/tmp") / f"dbos-build-test-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_special_files_are_never_opened(short_folder: Path) -> None:
    os.mkfifo(short_folder / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(short_folder / "socket.py"))
        put(short_folder, {"good.py": "x = 1\n"})
        project = read([short_folder], Settings())
    assert only(project, "pipe.py").problem == "is a named pipe, not a regular file"
    assert only(project, "socket.py").problem == "is a socket, not a regular file"
    assert only(project, "good.py").text == "x = 1\n"


def test_links_do_not_lead_out_of_the_tree_or_around_in_it(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", {"secret.py": "", "package/__init__.py": ""})
    root = put(tmp_path / "root", {"a.py": "a = 1\n", "inside/b.py": ""})
    (root / "loop").symlink_to(root)
    (root / "inside" / "up").symlink_to("..")
    (root / "self.py").symlink_to("self.py")
    (root / "alias.py").symlink_to("a.py")
    (root / "secret.py").symlink_to(outside / "secret.py")
    (root / "package").symlink_to(outside / "package")
    (root / "folder").symlink_to(outside)
    (root / "gone.py").symlink_to("missing.py")
    found = {source.path: source.problem for source in read([root], Settings()).sources}
    assert found == {
        "a.py": None,
        "gone.py": "cannot be read: No such file or directory",
        "inside/b.py": None,
        "package": "is a symbolic link to a package outside the project",
        "secret.py": "is a symbolic link to a file outside the project",
        "self.py": "cannot be read: Too many levels of symbolic links",
    }


def test_a_file_that_links_lead_to_is_one_module_of_several_names(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/flow.py": "", ".kept/one.py": "", "flow.py": ""}
    put(tmp_path, files)
    (tmp_path / "again.py").symlink_to("shop/flow.py")
    (tmp_path / "shop" / "same.py").symlink_to("flow.py")
    (tmp_path / "shop" / "kept.py").symlink_to("../.kept/one.py")
    (tmp_path / "kept_too.py").symlink_to(".kept/one.py")
    project = read([tmp_path, tmp_path / "shop"], Settings())
    assert names(project) == {
        "flow.py": "flow",
        "kept_too.py": "kept_too",
        "shop/__init__.py": "shop",
        "shop/flow.py": "shop.flow",
    }
    assert only(project, "shop/flow.py").aliases == ("again", "shop.same")
    assert only(project, "kept_too.py").aliases == ("shop.kept",)
    assert only(project, "flow.py").aliases == ()


def test_a_linked_module_is_found_by_each_of_its_names(tmp_path: Path) -> None:
    flow = "from dbos import DBOS\n\n\n@DBOS.workflow()\ndef one() -> None: ...\n"
    calls = "import {0}\nfrom dbos import DBOS\n\n\n@DBOS.step()\ndef by_{0}():\n    {0}.one()\n"
    put(tmp_path, {"flow.py": flow, "a.py": calls.format("again"), "b.py": calls.format("flow")})
    (tmp_path / "again.py").symlink_to("flow.py")
    found = Checker(Settings()).check(read([tmp_path], Settings())).findings
    assert [(each.path, each.code) for each in found] == [("a.py", "DBS801"), ("b.py", "DBS801")]


def test_a_stray_init_file_reaches_no_further_than_the_project(tmp_path: Path) -> None:
    put(tmp_path, {f"{folder}__init__.py": "" for folder in ("", "top/", "top/app/")})
    put(tmp_path, {"beside.py": "", "top/app/flow.py": ""})
    flow = tmp_path / "top" / "app" / "flow.py"
    assert any(path.endswith("beside.py") for path in names(read([flow], Settings())))
    (tmp_path / "top" / "pyproject.toml").touch()
    inside = {"top/__init__.py": "top", "top/app/__init__.py": "top.app"}
    assert names(read([flow], Settings())) == {**inside, "top/app/flow.py": "top.app.flow"}
    (tmp_path / "top" / "app" / ".git").mkdir()
    found = names(read([flow], Settings()))
    assert found == {"app/__init__.py": "app", "app/flow.py": "app.flow"}


def test_a_folder_that_no_import_can_name_is_no_package(tmp_path: Path) -> None:
    put(tmp_path, {"my-app/__init__.py": "", "my-app/flow.py": "", "my-app/other.py": ""})
    assert list(names(read([tmp_path / "my-app" / "flow.py"], Settings()))) == ["flow.py"]


def test_a_file_that_makes_many_others_matter_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "FAR_FILES", 3)
    put(tmp_path, {"top/__init__.py": "", "top/one.py": "", "top/app/__init__.py": ""})
    flow = put(tmp_path / "top" / "app", {"flow.py": ""}) / "flow.py"
    note = read([flow], Settings()).note
    assert note.startswith(f"3 more files were read, because {tmp_path / 'top' / '__init__.py'}")
    assert read([tmp_path / "top"], Settings()).note == ""
    assert read([flow], Settings(root=tmp_path, sources=("top",))).note == ""
    (tmp_path / "top" / "one.py").unlink()
    assert read([flow], Settings()).note == ""


def test_tools_folders_are_skipped_but_packages_of_the_same_name_are_not(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "a.py": "",
            ".hidden/b.py": "",
            ".venv/lib/c.py": "",
            "env/pyvenv.cfg": "",
            "env/d.py": "",
            "node_modules/e.py": "",
            "build/lib/f.py": "",
            "lib/site-packages/g.py": "",
            "__pycache__/h.py": "",
            "dist/__init__.py": "",
            "dist/i.py": "",
            "dbos_registry.py": '"""Generated by dbos-build from 1 module."""\n',
            "notes.txt": "",
        },
    )
    assert list(names(read([tmp_path], Settings()))) == ["a.py", "dist/__init__.py", "dist/i.py"]


def test_a_file_of_the_user_is_not_taken_for_a_registry(tmp_path: Path) -> None:
    put(tmp_path, {"dbos_registry.py": "x = 1\n"})
    assert only(read([tmp_path], Settings()), "dbos_registry.py").text == "x = 1\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"x = 1\r\ny = 2\r", "x = 1\ny = 2\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# coding: latin-1\nx = '\xe9'\n", "# coding: latin-1\nx = '\xe9'\n"),
        (b"#!/usr/bin/python\n# -*- coding: cp1252 -*-\nx = '\x80'\n", None),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"", ""),
    ],
)
def test_the_declared_encoding_decides(content: bytes, text: str | None) -> None:
    decoded, problem = decode(content)
    assert problem is None
    assert decoded == (text if text is not None else content.decode("cp1252"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"x = '\0'\n", "contains a NUL byte"),
        (b"\xff\xfex\n", "cannot be decoded"),
        (b"x = '\xe9'\n", "cannot be decoded"),
        ("x = 1\n".encode("utf-16"), "cannot be decoded: it is UTF-16"),
        (b"# coding: no-such-encoding\n", "cannot be decoded: unknown encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "cannot be decoded"),
        (b"# coding: hex\n", "cannot be decoded"),
    ],
)
def test_what_has_no_text_says_why(content: bytes, problem: str) -> None:
    text, found = decode(content)
    assert text is None
    assert found is not None
    assert found.startswith(problem)


def test_huge_files_are_reported_and_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "huge.py", "wb") as stream:
        stream.truncate(FILE_SIZE_MAX_BYTES + 1)
    assert only(read([tmp_path], Settings()), "huge.py").problem == "is larger than 16 MiB"


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        ({}, "missing", "cannot be read: No such file or directory"),
        ({"folder/notes.txt": ""}, "folder", "no Python files in"),
        ({"folder/__pycache__/a.py": ""}, "folder", "no Python files in"),
        ({"notes.txt": ""}, "notes.txt", "is not a Python file"),
        ({}, "a\0b", "is not a path: it has a NUL character"),
        ({}, "x" * 300, "cannot be read: File name too long"),
    ],
)
def test_paths_that_make_no_sense_are_one_clear_error(
    tmp_path: Path, files: dict[str, str], path: str, message: str
) -> None:
    put(tmp_path, files)
    with pytest.raises(SourceError) as caught:
        read([tmp_path / path], Settings())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_names_follow_packages_namespaces_and_source_folders(tmp_path: Path) -> None:
    long = "m" * 252
    put(
        tmp_path,
        {
            "shop/__init__.py": "",
            "shop/checkout.py": "",
            "shop/sub/__init__.py": "",
            "shop/sub/deep.py": "from google.cloud import storage\n",
            "src/lib/__init__.py": "",
            "src/lib/code.py": "",
            "google/cloud/storage.py": "",
            "scripts/tool.py": "",
            "types.py": "",
            f"{long}.py": "",
        },
    )
    assert names(read([tmp_path], Settings())) == {
        "google/cloud/storage.py": "google.cloud.storage",
        f"{long}.py": long,
        "scripts/tool.py": "tool",
        "shop/__init__.py": "shop",
        "shop/checkout.py": "shop.checkout",
        "shop/sub/__init__.py": "shop.sub",
        "shop/sub/deep.py": "shop.sub.deep",
        "src/lib/__init__.py": "lib",
        "src/lib/code.py": "lib.code",
        "types.py": "types",
    }


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    put(tmp_path, {"app.py": "", "one/app.py": "", "two/app.py": "", "two/App.py": ""})
    found = names(read([tmp_path], Settings()))
    assert found == {
        "app.py": "app",
        "one/app.py": "one.app",
        "two/App.py": "App",
        "two/app.py": "two.app",
    }


def test_a_part_of_a_package_is_read_with_all_of_it(tmp_path: Path) -> None:
    put(tmp_path, {"shop/__init__.py": "", "shop/a.py": "", "shop/sub/__init__.py": ""})
    project = read([tmp_path / "shop" / "sub"], Settings())
    assert [(each.path, each.requested) for each in project.sources] == [
        ("shop/__init__.py", False),
        ("shop/a.py", False),
        ("shop/sub/__init__.py", True),
    ]


def test_a_script_is_read_with_what_it_imports_and_nothing_else(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "script.py": "import first, json\nfrom package.part import x\n",
            "first.py": "    import second\n",
            "second.py": "import script\n",
            "package/__init__.py": "",
            "package/part.py": "",
            "unrelated.py": "",
        },
    )
    project = read([tmp_path / "script.py"], Settings())
    assert [each.path for each in project.sources] == [
        "first.py",
        "package/__init__.py",
        "package/part.py",
        "script.py",
        "second.py",
    ]
    assert [each.path for each in project.sources if each.requested] == ["script.py"]


def test_paths_are_relative_to_where_the_user_is_if_that_holds_them(tmp_path: Path) -> None:
    put(tmp_path, {"project/app.py": ""})
    inside = read([tmp_path / "project"], Settings(), around=tmp_path)
    elsewhere = read([tmp_path / "project"], Settings(), around=Path("/usr"))
    assert [each.path for each in inside.sources] == ["project/app.py"]
    assert [each.path for each in elsewhere.sources] == ["app.py"]


def test_a_configured_project_reads_its_sources_and_what_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, {"shop/a.py": "", "shop/skip/b.py": "", "tests/c.py": "", "other/d.py": ""})
    settings = Settings(root=tmp_path, sources=("shop",), exclude=("shop/skip",))
    assert list(names(read([], settings))) == ["shop/a.py"]
    asked = read([tmp_path / "tests"], settings)
    assert [(each.path, each.requested) for each in asked.sources] == [
        ("shop/a.py", False),
        ("tests/c.py", True),
    ]
    with pytest.raises(SourceError, match="is outside the project"):
        read([Path("/usr/lib")], settings)


def test_the_order_of_files_does_not_depend_on_the_disk(tmp_path: Path) -> None:
    for order in (("b.py", "a.py", "a/z.py"), ("a/z.py", "a.py", "b.py")):
        root = put(tmp_path / order[0].replace("/", "-"), dict.fromkeys(order, ""))
        assert list(names(read([root], Settings()))) == ["a.py", "a/z.py", "b.py"]
