"""Generated files: hostile names enter them only as literals, and nothing is ever half written."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbos_build.building import emit, manifest
from dbos_build.building.emit import Output, Places
from dbos_build.building.manifest import (
    Entry,
    Manifest,
    ModuleEntry,
    QueueEntry,
    ScheduleEntry,
    WorkflowEntry,
    lock_text,
    read_lock,
)
from dbos_build.error import ConfigError, ManifestError, OutputError
from dbos_build.settings.config import Settings
from dbos_templates import render
from dbos_templates.literals import pyrepr
from support.programs import analysed

HOSTILE = [
    "'", '"', '"""', "\\", "\n", "\r", "\0", "{{ name }}", "{% for %}", "%s", "{0}", "\u202e",
    "\ud800", "\u2028", "\x1b]0;x\x07", "é", "🙂", "a" * 10_000, "", " ", "#}",
    "\\N{DASH}", "\ufeff",
]  # fmt: skip
EMPTY = Manifest(
    application_version="b1-0",
    workflows=(),
    steps=(),
    transactions=(),
    schedules=(),
    queues=(),
    classes=(),
    modules=(),
)
ALLOWED = (
    ast.Module,
    ast.Expr,
    ast.Constant,
    ast.ImportFrom,
    ast.alias,
    ast.Assign,
    ast.Name,
    ast.Store,
    ast.Load,
    ast.Call,
    ast.keyword,
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.UnaryOp,
    ast.USub,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
texts = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(HOSTILE)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Manifests with any text in every place."""
    entry = st.builds(Entry, name=texts, module=texts, qualname=texts, path=texts)
    workflow = st.builds(
        WorkflowEntry,
        name=texts,
        module=texts,
        qualname=texts,
        path=texts,
        version=texts,
        steps=st.tuples(texts),
    )
    queue = st.builds(
        QueueEntry,
        name=texts,
        module=texts,
        options=st.none() | st.dictionaries(texts, values, max_size=3),
    )
    return Manifest(
        application_version=draw(texts),
        workflows=tuple(draw(st.lists(workflow, max_size=2))),
        steps=tuple(draw(st.lists(entry, max_size=2))),
        transactions=tuple(draw(st.lists(entry, max_size=1))),
        schedules=tuple(draw(st.lists(st.builds(ScheduleEntry, texts, texts), max_size=1))),
        queues=tuple(draw(st.lists(queue, max_size=2))),
        classes=tuple(draw(st.lists(entry, max_size=1))),
        modules=tuple(draw(st.lists(st.builds(ModuleEntry, texts, texts, texts), max_size=2))),
    )


def entries(tree: ast.Module, section: str) -> list[dict[str, object]]:
    """The literal fields of every entry in a section of a generated registry."""
    call = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    assert isinstance(call, ast.Call)
    found = next(each.value for each in call.keywords if each.arg == section)
    assert isinstance(found, ast.Tuple)
    return [
        {str(each.arg): ast.literal_eval(each.value) for each in entry.keywords}
        for entry in found.elts
        if isinstance(entry, ast.Call)
    ]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(manifests())
def test_any_name_is_only_ever_a_literal(made: Manifest) -> None:
    text = emit.registry_text(made)
    assert text.isascii()
    tree = ast.parse(text)
    assert {type(node) for node in ast.walk(tree)} <= set(ALLOWED)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports] == ["__future__", "dbos.registry"]
    assert [(each["name"], each["entry"]) for each in entries(tree, "workflows")] == [
        (each.name, each.entry) for each in made.workflows
    ]
    assert [each["name"] for each in entries(tree, "steps")] == [each.name for each in made.steps]
    for entry, queue in zip(entries(tree, "queues"), made.queues, strict=True):
        assert entry["name"] == queue.name
        assert entry["options"] == queue.options
    lines = text.split("\n")
    shown = sum(line.startswith("        ") for line in lines)
    assert shown == sum(
        len(entries(tree, section)) for section in ("workflows", "steps", "transactions")
    ) + sum(len(entries(tree, each)) for each in ("schedules", "queues", "classes", "modules"))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(manifests())
def test_any_name_survives_the_lock_file(made: Manifest) -> None:
    text = lock_text(replace(made, queues=()))
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text)["application_version"] == made.application_version
    locked = {name: each.version for name, each in read_lock(text, "lock").items()}
    assert locked == {each.name: each.version for each in made.workflows}


@given(values)
def test_a_literal_reads_back_as_the_value(value: object) -> None:
    text = pyrepr(value)
    assert "\n" not in text
    assert ast.literal_eval(text) == value


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object(), b"x", [b"x"]])
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match="has no literal"):
        pyrepr(value)


def test_templates_miss_no_value_and_come_from_the_package_only() -> None:
    with pytest.raises(Exception, match="undefined"):
        render("registry/registry.py.j2")
    for name in ("registry/missing.j2", "../dbos_templates/registry/registry.py.j2", "/etc/passwd"):
        with pytest.raises(Exception, match=r"missing|passwd|registry"):
            render(name)


def two(folder: Path, text: str = "x") -> tuple[Output, Output]:
    """Two outputs in a folder."""
    return Output(folder / "registry.py", text + "1\n"), Output(folder / "lock", text + "2\n")


def content(folder: Path) -> dict[str, str]:
    """Every file in a folder."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_files_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    outputs = two(tmp_path)
    assert emit.write_all(outputs) == {each.path for each in outputs}
    before = [os.stat(each.path).st_ino for each in outputs]
    assert emit.write_all(outputs) == frozenset()
    assert [os.stat(each.path).st_ino for each in outputs] == before
    assert content(tmp_path) == {"registry.py": "x1\n", "lock": "x2\n"}


def test_a_link_in_the_place_of_an_output_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "lock").symlink_to(victim)
    with pytest.raises(OutputError, match="not a regular file"):
        emit.write_all(two(folder))
    assert victim.read_text() == "keep"
    assert not (folder / "registry.py").exists()


@pytest.mark.parametrize("obstacle", ["folder", "pipe"])
def test_an_obstacle_keeps_both_files_from_being_written(tmp_path: Path, obstacle: str) -> None:
    if obstacle == "folder":
        (tmp_path / "lock").mkdir()
    else:
        os.mkfifo(tmp_path / "lock")
    with pytest.raises(OutputError, match="is in the way"):
        emit.write_all(two(tmp_path))
    assert content(tmp_path) == {}


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    registry, lock = two(tmp_path)
    lock = replace(lock, path=tmp_path / "missing" / "lock")
    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        emit.write_all((registry, lock))
    assert content(tmp_path) == {}


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_failure_at_any_point_leaves_the_old_files(
    tmp_path: Path, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    emit.write_all(two(tmp_path, "old"))
    real, calls = os.replace, 0

    def replace_or_fail(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace_or_fail)
    if failing > 2:
        emit.write_all(two(tmp_path, "new"))
        assert content(tmp_path) == {"registry.py": "new1\n", "lock": "new2\n"}
        return
    with pytest.raises(OutputError, match="No space left on device"):
        emit.write_all(two(tmp_path, "new"))
    assert content(tmp_path) == {"registry.py": "old1\n", "lock": "old2\n"}


def test_what_a_left_over_temporary_file_holds_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / f".dbos-build-{os.getpid()}-0.tmp").symlink_to(tmp_path / "victim")
    emit.write_all(two(tmp_path))
    assert not (tmp_path / "victim").exists()


def test_outputs_go_beside_what_is_built_or_where_the_project_says(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("", encoding="utf-8")
    plain = Places(tmp_path / "dbos_registry.py", tmp_path / "dbos-build.lock")
    assert emit.places([tmp_path], Settings()) == plain
    assert emit.places([tmp_path / "app.py"], Settings()) == plain
    settings = Settings(root=tmp_path, sources=("shop",), registry="shop/r.py", lock="l")
    where = Places(tmp_path / "shop" / "r.py", tmp_path / "l")
    assert emit.places([], settings) == where
    assert emit.places([tmp_path / "shop" / "a.py"], settings) == where
    with pytest.raises(ConfigError, match="is not among the sources"):
        emit.places([tmp_path / "tests"], settings)
    with pytest.raises(ConfigError, match="several paths without a project"):
        emit.places([tmp_path, tmp_path], Settings())


def test_a_registry_folder_that_leads_out_of_the_project_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (root / "shop").symlink_to(tmp_path / "outside")
    settings = Settings(root=root, registry="shop/r.py")
    with pytest.raises(ConfigError, match="leads out of the project"):
        emit.places([], settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not valid JSON"),
        ("<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n", "unresolved merge conflicts"),
        ("[]", "is not a lock file"),
        ("{}", "is not a lock file"),
        ('{"format": 99}', "has format 99, but this dbos-build reads 2"),
        ('{"format": 2}', "has no workflows"),
        ('{"format": 2, "workflows": {"a": 1}}', "its entry for 'a' is damaged"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_lock_file_that_is_none_is_one_clear_error(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_lock(text, "dbos-build.lock")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


PROGRAM = """\
from dbos import DBOS, Queue
import os

small = Queue("small", concurrency=2)
sized = Queue("sized", concurrency=int(os.environ["SIZE"]))

@DBOS.scheduled("0 2 * * *")
@DBOS.workflow()
def nightly(scheduled, actual):
    step()

@DBOS.step()
def step():
    pass

@DBOS.transaction()
def write():
    pass

@DBOS.dbos_class()
class Processor:
    @DBOS.workflow()
    def process(self):
        write()
"""


def test_everything_that_is_declared_is_in_the_manifest() -> None:
    made = manifest.make(analysed({"app/__init__.py": "", "app/main.py": PROGRAM}))
    assert [each.entry for each in made.workflows] == [
        "app.main:Processor.process",
        "app.main:nightly",
    ]
    assert [each.steps for each in made.workflows] == [("write",), ("step",)]
    assert [each.name for each in made.steps] == ["step"]
    assert [each.name for each in made.transactions] == ["write"]
    assert made.schedules == (ScheduleEntry("nightly", "0 2 * * *"),)
    assert [(each.name, each.options) for each in made.queues] == [
        ("sized", None),
        ("small", {"concurrency": 2}),
    ]
    assert [each.name for each in made.classes] == ["Processor"]
    assert [(each.name, each.path) for each in made.modules] == [("app.main", "app/main.py")]


def test_an_empty_manifest_imports_nothing_it_does_not_use() -> None:
    text = emit.registry_text(EMPTY)
    assert "from dbos.registry import Registry\n" in text
    assert "workflows=(),\n" in text
    compile(text, "dbos_registry.py", "exec")
