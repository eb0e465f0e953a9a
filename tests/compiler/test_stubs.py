"""Typed stubs: what a generated registry says about parameters, types, defaults and names.

The golden registry was read by hand once; every Python of this machine must write it byte by byte.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from dbos_build.building import emit, manifest, stubs
from dbos_build.building.stubs import Stubs
from support.programs import Files, analysed

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden" / "registry"
FILES = {
    path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((GOLDEN / "store").glob("*.py"))
}


def made(files: Files) -> Stubs:
    """The stubs of a program."""
    program = analysed(files)
    return stubs.make(program, program.workflows)


def only(before: str, definition: str) -> str:
    """The text of the one stub of a module."""
    text = f"from dbos import DBOS\n{before}\n@DBOS.workflow()\n{definition}: ...\n"
    (stub,) = made({"app.py": text}).functions
    return f"def {stub.name}{stub.text}"


def test_the_golden_registry() -> None:
    text = emit.registry_text(manifest.make(analysed(FILES)))
    assert text == (GOLDEN / "dbos_registry.py").read_text(encoding="utf-8")
    compile(text, "dbos_registry.py", "exec")


def interpreters() -> list[str]:
    """The supported interpreters of this machine."""
    found = [sys.executable]
    for minor in (12, 13):
        found += map(str, sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))[:1])
    return found


@pytest.mark.parametrize("interpreter", interpreters())
@pytest.mark.parametrize("seed", ["1", "4242"])
def test_every_python_and_hash_seed_writes_the_same_bytes(interpreter: str, seed: str) -> None:
    program = """
import pathlib, sys
from dbos_build.building import emit, manifest
from support.programs import analysed
root = pathlib.Path(sys.argv[1])
files = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
         for path in sorted((root / "store").glob("*.py"))}
sys.stdout.buffer.write(emit.registry_text(manifest.make(analysed(files))).encode())
"""
    folders = [ROOT / name for name in ("compiler", "tests", "templates")]
    # Pure Python, so any interpreter can import it from here.
    folders.append(Path(jinja2.__file__).parent.parent)
    done = subprocess.run(
        [interpreter, "-W", "ignore", "-c", program, str(GOLDEN)],
        env={"PYTHONPATH": os.pathsep.join(map(str, folders)), "PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == (GOLDEN / "dbos_registry.py").read_bytes()


@pytest.mark.parametrize(
    ("before", "annotation", "expected"),
    [
        ("", "int", "int"),
        ("", "'list[str] | None'", "list[str] | None"),
        ("import datetime", "datetime.date", "date"),
        ("import datetime as dt", "dt.date", "date"),
        ("import xml.dom\nimport xml.dom.minidom", "xml.dom.minidom.Node", "Node"),
        ("from concurrent import futures", "futures.Future[int]", "Future[int]"),
        ("from typing import Callable", "Callable[..., int]", "Callable[..., int]"),
        ("from typing import Callable", "Callable[[int, str], None]", "Callable[[int, str], None]"),
        ("from typing import Annotated", "Annotated[int, print('x')]", "int"),
        ("from typing import Literal", "Literal['a', 2, None]", 'Literal["a", 2, None]'),
        ("from typing import Literal", "Literal[print()]", "Any"),
        ("", "tuple[()]", "tuple[()]"),
        ("", "tuple[int, ...]", "tuple[int, ...]"),
        ("class Own:\n    class Inner: ...", "Own.Inner", "Own.Inner"),
        ("Alias = dict[str, int]", "Alias", "Alias"),
        ("from typing import TypeVar\nT = TypeVar('T')", "list[T]", "list[Any]"),
        ("def function(): ...", "function", "Any"),
        ("", "missing.Thing", "Any"),
        ("", "print('x')", "Any"),
        ("", "[int][0]", "Any"),
        ("", "'x y'", "Any"),
        ("", "int if print() else str", "Any"),
        ("", "1", "Any"),
        ("import datetime", "datetime", "Any"),
        ("try:\n    from a import B\nexcept ImportError:\n    from c import B", "B", "B"),
    ],
)
def test_a_type_is_named_where_it_is_defined(before: str, annotation: str, expected: str) -> None:
    assert only(before, f"def work(x: {annotation})") == f"def work(x: {expected}) -> Any"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("3", "3"),
        ("-3", "-3"),
        ("1.5", "1.5"),
        ("'it''s'", '"its"'),
        ("'\\n'", '"\\n"'),
        ("None", "None"),
        ("(1, (2,))", "(1, (2,),)"),
        ("[]", "..."),
        ("{}", "..."),
        ("b'x'", "..."),
        ("LIMIT", "..."),
        ("print()", "..."),
        ("1 + 1", "..."),
        ("'" + "x" * 100 + "'", "..."),
        ("f'{1}'", "..."),
    ],
)
def test_a_default_is_a_literal_or_left_to_the_workflow(given: str, expected: str) -> None:
    text = only("LIMIT = 3", f"def work(x: int = {given}) -> None")
    assert text == f"def work(x: int = {expected}) -> None"


def test_kinds_of_parameters_are_kept() -> None:
    text = only("", "def work(a, /, b, *c, d=1, **e) -> None")
    assert text == "def work(a: Any, /, b: Any, *c: Any, d: Any = 1, **e: Any) -> None"
    assert only("", "def work(*, a: int) -> None") == "def work(*, a: int) -> None"


def test_a_workflow_named_as_a_builtin_does_not_change_what_types_mean() -> None:
    found = made(
        {
            "app.py": "from dbos import DBOS\n"
            "@DBOS.workflow(name='list')\ndef work(x: list[int]) -> None: ...\n"
        }
    )
    assert [(each.name, each.local) for each in found.imports] == [("list", "builtins_list")]
    assert found.functions[0].text == "(x: builtins_list[int]) -> None"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"a": "pay"}, {"pay": "pay"}),
        ({"a": "class"}, {"class": "work_a"}),
        ({"a": "a.pay"}, {"a.pay": "work_a"}),
        ({"a": "registry", "b": "Registry"}, {"registry": "work_a", "Registry": "work_b"}),
        ({"a": "work_b", "b": "x-y"}, {"work_b": "work_b", "x-y": "app_work_b"}),
        ({"a": "app_work_b", "b": "x", "c": "work_b"}, {"x": "x"}),
        ({"a": "__doc__"}, {"__doc__": "work_a"}),
        ({"a": "größe"}, {"größe": "work_a"}),
    ],
)
def test_a_stub_has_a_name_of_its_own(names: dict[str, str], expected: dict[str, str]) -> None:
    text = "from dbos import DBOS\n" + "".join(
        f"@DBOS.workflow(name={name!r})\ndef work_{key}() -> None: ...\n"
        for key, name in names.items()
    )
    found = {each.workflow: each.name for each in made({"app.py": text}).functions}
    assert found.items() >= expected.items()
    assert len(set(found.values())) == len(names)


def test_two_functions_of_one_name_do_not_rename_each_other() -> None:
    text = "from dbos import DBOS\n@DBOS.workflow(name={!r})\ndef pay() -> None: ...\n"
    found = made({"one.py": text.format("pay"), "two.py": text.format("two: pay")})
    assert {each.workflow: each.name for each in found.functions} == {
        "pay": "pay",
        "two: pay": "two_pay",
    }


def test_types_of_one_name_from_two_modules_are_told_apart() -> None:
    other = "class Order: ...\n"
    text = (
        "from dbos import DBOS\nimport one, two\n"
        "@DBOS.workflow()\ndef work(x: one.Order, y: two.Order) -> None: ...\n"
    )
    found = made({"one.py": other, "two.py": other, "app.py": text})
    assert found.functions[0].text == "(x: one_Order, y: two_Order) -> None"


def test_a_type_is_followed_to_where_it_is_defined() -> None:
    found = made(
        {
            "shop/__init__.py": "from shop.models import Order\n",
            "shop/models.py": "class Order: ...\n",
            "shop/star.py": "from shop.models import *\n",
            "shop/flows.py": "from dbos import DBOS\nfrom shop import Order\nimport shop.star\n"
            "@DBOS.workflow()\ndef a(x: Order, y: shop.star.Order) -> None: ...\n",
        }
    )
    assert [(each.module, each.name) for each in found.imports] == [
        ("shop.models", "Order"),
        ("shop.star", "Order"),
    ]


def test_only_what_may_be_missing_is_excused() -> None:
    text = (
        "from dbos import DBOS, WorkflowHandle\nimport decimal, stripe, other\n"
        "@DBOS.workflow()\n"
        "def a(w: WorkflowHandle[str], x: decimal.Decimal, y: stripe.Card, z: other.A) -> None: ..."
    )
    found = made({"app.py": text, "other.py": "class A: ...\n"})
    assert {each.module: each.may_miss for each in found.imports} == {
        "dbos": False,
        "decimal": False,
        "other": False,
        "stripe": True,
    }


def test_a_hostile_module_name_cannot_leave_its_comment() -> None:
    text = "from dbos import DBOS\n@DBOS.workflow()\ndef a(x: Missing) -> None: ...\n"
    program = analysed({"x\nimport os\n# .py": text, "y.py": "class Missing: ...\n"})
    tree = ast.parse(emit.registry_text(manifest.make(program)))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {getattr(each, "module", None) for each in imports} == {
        "__future__",
        "dbos.registry",
        "typing",
    }


def test_at_run_time_the_registry_imports_nothing_but_its_vocabulary() -> None:
    tree = ast.parse((GOLDEN / "dbos_registry.py").read_text(encoding="utf-8"))
    outside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [getattr(each, "module", None) for each in outside] == ["__future__", "dbos.registry"]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            given = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
            for default in given:
                ast.literal_eval(default)
