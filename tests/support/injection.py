"""The injection grid: each source of a value, brought into a clean workflow on each syntactic way.

In: nothing. Out: `CELLS`, and their files as text. A cell is one workflow in modules of its own; it
returns a value from a source (a clock, a client, a file, … or something deterministic), and the
carrier says how the workflow gets there. The files are written by the test that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import indent

from support.injection_sources import DETERMINISTIC, NONDETERMINISTIC, Source

STEPS = '''"""The step that every workflow of the grid calls."""

from dbos import DBOS


@DBOS.step()
def record(value: object) -> None:
    """Keep a value."""
'''


@dataclass(frozen=True, slots=True)
class Code:
    """What a carrier makes of a source.

    `prelude` is module code of the workflow's module, `body` are lines of the workflow that end by
    binding `value`; `tools` is a second module, `package` the text of the package's `__init__`.
    """

    prelude: str
    body: str
    tools: str = ""
    package: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One source on one carrier."""

    source: Source
    carrier: str
    code: Code

    @property
    def folder(self) -> str:
        """The package of the cell; findings below it are its findings."""
        return f"{self.carrier}/{self.source.name}"

    @property
    def files(self) -> dict[str, str]:
        """Path → text of the cell's modules."""
        flow = (
            "from dbos import DBOS\nfrom grid_steps import record\n"
            f"{self.code.prelude}\n\n"
            f"@DBOS.workflow()\ndef {self.carrier}_{self.source.name}(order_id: str) -> object:\n"
            f"{indent(self.code.body, '    ')}\n    record(value)\n    return value\n"
        )
        found = {f"{self.folder}/__init__.py": self.code.package, f"{self.folder}/flow.py": flow}
        if self.code.tools:
            found[f"{self.folder}/tools.py"] = self.code.tools
        return found


Carrier = Callable[[Source], Code]
CARRIERS: dict[str, Carrier] = {}
IMPORTS_ONLY: set[str] = set()
CLIENTS_ONLY: set[str] = set()


def carrier(function: Carrier) -> Carrier:
    """Add a carrier under the name of its function."""
    CARRIERS[function.__name__] = function
    return function


def import_carrier(function: Carrier) -> Carrier:
    """A carrier that is about an import, so it does not apply to builtins."""
    IMPORTS_ONLY.add(function.__name__)
    return carrier(function)


def client_carrier(function: Carrier) -> Carrier:
    """A carrier for objects whose method is the source."""
    CLIENTS_ONLY.add(function.__name__)
    return carrier(function)


def helper(source: Source, body: str) -> Code:
    """Code whose prelude imports the source and defines something that the body uses."""
    return Code(f"{source.plain_import}\n{body}", "value = obtain()")


@carrier
def direct(source: Source) -> Code:
    return Code(source.plain_import, f"value = {source.expression}")


@import_carrier
def import_as(source: Source) -> Code:
    return Code(f"import {source.module} as tool", f"value = {source.used(f'tool.{source.chain}')}")


@import_carrier
def from_import(source: Source) -> Code:
    text = f"from {source.module} import {source.first}"
    return Code(text, f"value = {source.used(source.chain)}")


@import_carrier
def from_import_as(source: Source) -> Code:
    text = f"from {source.module} import {source.first} as tool"
    return Code(text, f"value = {source.used('tool' + source.rest)}")


@import_carrier
def local_import(source: Source) -> Code:
    return Code("", f"{source.plain_import}\nvalue = {source.expression}")


@import_carrier
def local_from_import(source: Source) -> Code:
    text = f"from {source.module} import {source.first} as tool"
    return Code("", f"{text}\nvalue = {source.used('tool' + source.rest)}")


@import_carrier
def re_export(source: Source) -> Code:
    return Code(
        f"from re_export.{source.name} import tool",
        f"value = {source.used('tool' + source.rest)}",
        package=f"from {source.module} import {source.first} as tool\n",
    )


@import_carrier
def star_import(source: Source) -> Code:
    return Code(
        f"from star_import.{source.name}.tools import *",
        f"value = {source.used(source.chain)}",
        tools=f"from {source.module} import {source.first}\n",
    )


@import_carrier
def conditional_import(source: Source) -> Code:
    text = f"try:\n    import {source.module} as tool\nexcept ImportError:\n    tool = None"
    return Code(text, f"value = {source.used(f'tool.{source.chain}')}")


@import_carrier
def type_checking_import(source: Source) -> Code:
    text = f"from {source.module} import {source.first}"
    both = f"if TYPE_CHECKING:\n    {text}\nelse:\n    {text}"
    return Code(f"from typing import TYPE_CHECKING\n{both}", f"value = {source.used(source.chain)}")


@carrier
def module_alias(source: Source) -> Code:
    return Code(
        f"{source.plain_import}\ntool = {source.reference}", f"value = {source.used('tool')}"
    )


@carrier
def local_alias(source: Source) -> Code:
    return Code(source.plain_import, f"tool = {source.reference}\nvalue = {source.used('tool')}")


@carrier
def helper_one_deep(source: Source) -> Code:
    return helper(source, f"def obtain():\n    return {source.expression}")


@carrier
def helper_three_deep(source: Source) -> Code:
    return helper(
        source,
        f"def first():\n    return {source.expression}\n\n"
        "def second():\n    return first()\n\ndef obtain():\n    return second()",
    )


@carrier
def helper_in_another_module(source: Source) -> Code:
    return Code(
        f"from helper_in_another_module.{source.name}.tools import obtain",
        "value = obtain()",
        tools=f"{source.plain_import}\n\ndef obtain():\n    return {source.expression}\n",
    )


@carrier
def relative_module(source: Source) -> Code:
    return Code(
        "from . import tools",
        "value = tools.obtain()",
        tools=f"{source.plain_import}\n\ndef obtain():\n    return {source.expression}\n",
    )


@carrier
def method(source: Source) -> Code:
    text = f"class Tool:\n    def obtain(self):\n        return {source.expression}"
    return Code(f"{source.plain_import}\n{text}", "value = Tool().obtain()")


@carrier
def inherited_method(source: Source) -> Code:
    text = f"class Parent:\n    def obtain(self):\n        return {source.expression}"
    return Code(
        f"{source.plain_import}\n{text}\n\nclass Tool(Parent):\n    pass",
        "tool = Tool()\nvalue = tool.obtain()",
    )


@carrier
def method_of_self(source: Source) -> Code:
    text = (
        f"class Tool:\n    def inner(self):\n        return {source.expression}\n\n"
        "    def obtain(self):\n        return self.inner()"
    )
    return Code(f"{source.plain_import}\n{text}\n\ntool = Tool()", "value = tool.obtain()")


@carrier
def class_method(source: Source) -> Code:
    text = (
        f"class Tool:\n    @staticmethod\n    def inner():\n        return {source.expression}\n\n"
        "    @classmethod\n    def obtain(cls):\n        return cls.inner()"
    )
    return Code(f"{source.plain_import}\n{text}", "value = Tool.obtain()")


@carrier
def overridden_super(source: Source) -> Code:
    text = (
        f"class Parent:\n    def obtain(self):\n        return {source.expression}\n\n"
        "class Tool(Parent):\n    def obtain(self):\n        return super().obtain()"
    )
    return Code(f"{source.plain_import}\n{text}", "value = Tool().obtain()")


@carrier
def callable_object(source: Source) -> Code:
    text = f"class Tool:\n    def __call__(self):\n        return {source.expression}"
    return Code(f"{source.plain_import}\n{text}\n\nobtain = Tool()", "value = obtain()")


@carrier
def property_read(source: Source) -> Code:
    text = f"class Tool:\n    @property\n    def current(self):\n        return {source.expression}"
    return Code(f"{source.plain_import}\n{text}", "tool = Tool()\nvalue = tool.current")


@carrier
def decorator(source: Source) -> Code:
    text = (
        "from functools import wraps\n\ndef stamped(function):\n    @wraps(function)\n"
        f"    def wrapper():\n        return function(), {source.expression}\n\n"
        "    return wrapper\n\n@stamped\ndef obtain():\n    return 1"
    )
    return helper(source, text)


@carrier
def context_manager(source: Source) -> Code:
    text = (
        "from contextlib import contextmanager\n\n@contextmanager\ndef tool():\n"
        f"    yield {source.expression}"
    )
    return Code(f"{source.plain_import}\n{text}", "with tool() as value:\n    pass")


@carrier
def context_class(source: Source) -> Code:
    text = (
        f"class Tool:\n    def __enter__(self):\n        return {source.expression}\n\n"
        "    def __exit__(self, *error):\n        return None"
    )
    return Code(f"{source.plain_import}\n{text}", "with Tool() as value:\n    pass")


@carrier
def default_argument(source: Source) -> Code:
    text = f"def obtain(tool={source.reference}):\n    return {source.used('tool')}"
    return helper(source, text)


@carrier
def handed_function(source: Source) -> Code:
    text = "def apply(function):\n    return function()"
    return Code(f"{source.plain_import}\n{text}", f"value = apply(lambda: {source.expression})")


@carrier
def lambda_function(source: Source) -> Code:
    return helper(source, f"obtain = lambda: {source.expression}")


@carrier
def mapped(source: Source) -> Code:
    return Code(
        source.plain_import,
        f"def one(number):\n    return {source.expression}\n\nvalue = list(map(one, [1, 2]))",
    )


@carrier
def comprehension(source: Source) -> Code:
    return Code(source.plain_import, f"value = [{source.expression} for number in range(2)]")


@carrier
def sort_key(source: Source) -> Code:
    body = f"value = sorted([2, 1], key=lambda number: str({source.expression}))"
    return Code(source.plain_import, body)


@carrier
def class_attribute(source: Source) -> Code:
    text = f"class Tool:\n    make = staticmethod({source.reference})"
    return Code(f"{source.plain_import}\n{text}", f"value = {source.used('Tool.make')}")


@carrier
def instance_attribute(source: Source) -> Code:
    text = (
        f"class Tool:\n    def __init__(self):\n        self.make = {source.reference}\n\n"
        f"    def obtain(self):\n        return {source.used('self.make')}"
    )
    return Code(f"{source.plain_import}\n{text}", "value = Tool().obtain()")


@carrier
def value_in_constructor(source: Source) -> Code:
    text = f"class Tool:\n    def __init__(self):\n        self.current = {source.expression}"
    return Code(f"{source.plain_import}\n{text}", "value = Tool().current")


@carrier
def post_init(source: Source) -> Code:
    text = (
        "from dataclasses import dataclass\n\n@dataclass\nclass Tool:\n    name: str\n\n"
        f"    def __post_init__(self):\n        self.current = {source.expression}"
    )
    return Code(f"{source.plain_import}\n{text}", "value = Tool(order_id).current")


@carrier
def dataclass_factory(source: Source) -> Code:
    text = (
        "from dataclasses import dataclass, field\n\n@dataclass\nclass Tool:\n"
        f"    current: object = field(default_factory=lambda: {source.expression})"
    )
    return Code(f"{source.plain_import}\n{text}", "value = Tool().current")


@carrier
def partial(source: Source) -> Code:
    given = f", {source.arguments}" if source.arguments else ""
    text = f"import functools\ntool = functools.partial({source.reference}{given})"
    return Code(f"{source.plain_import}\n{text}", f"value = tool(){source.suffix}")


@carrier
def dispatch_dictionary(source: Source) -> Code:
    text = f'TOOLS = {{"main": {source.reference}, "size": len}}'
    return Code(f"{source.plain_import}\n{text}", "value = " + source.used('TOOLS["main"]'))


@carrier
def tuple_of_functions(source: Source) -> Code:
    return Code(
        f"{source.plain_import}\n\ndef obtain():\n    return {source.expression}",
        "value = [make() for make in (obtain,)]",
    )


@carrier
def nested_function(source: Source) -> Code:
    body = f"def obtain():\n    return {source.expression}\n\nvalue = obtain()"
    return Code(source.plain_import, body)


@carrier
def closure(source: Source) -> Code:
    inner = f"    def obtain():\n        return {source.expression}\n"
    text = f"def factory():\n{inner}\n    return obtain"
    return Code(f"{source.plain_import}\n{text}", "value = factory()()")


@carrier
def generator(source: Source) -> Code:
    text = f"def values():\n    yield {source.expression}"
    return Code(f"{source.plain_import}\n{text}", "for value in values():\n    pass")


@carrier
def walrus(source: Source) -> Code:
    return Code(source.plain_import, f"if (value := {source.expression}) is None:\n    value = 1")


@carrier
def f_string(source: Source) -> Code:
    quoted = source.expression.replace('"', "'")
    return Code(source.plain_import, f'value = f"order {{{quoted}}}"')


@carrier
def match_subject(source: Source) -> Code:
    arms = "    case None:\n        value = 0\n    case value:\n        pass"
    body = f"match {source.expression}:\n{arms}"
    return Code(source.plain_import, body)


@carrier
def condition(source: Source) -> Code:
    return Code(source.plain_import, f"value = 1 if {source.expression} else 2")


@carrier
def in_a_handler(source: Source) -> Code:
    body = f"try:\n    value = int(order_id)\nexcept ValueError:\n    value = {source.expression}"
    return Code(source.plain_import, body)


@client_carrier
def annotated_parameter(source: Source) -> Code:
    text = f"def obtain(client: {source.reference}):\n    return client{source.suffix}"
    made = source.used("").removesuffix(source.suffix)
    return Code(f"{source.plain_import}\n{text}", f"value = obtain({source.reference}{made})")


@client_carrier
def module_instance(source: Source) -> Code:
    made = source.expression.removesuffix(source.suffix)
    text = f"client = {made}"
    return Code(f"{source.plain_import}\n{text}", f"value = client{source.suffix}")


@client_carrier
def client_in_attribute(source: Source) -> Code:
    made = source.expression.removesuffix(source.suffix)
    text = (
        f"class Tool:\n    def __init__(self, client):\n        self.client = client\n\n"
        f"    def obtain(self):\n        return self.client{source.suffix}"
    )
    return Code(f"{source.plain_import}\n{text}", f"value = Tool({made}).obtain()")


@client_carrier
def annotated_attribute(source: Source) -> Code:
    text = (
        "from dataclasses import dataclass\n\n@dataclass\nclass Tool:\n"
        f"    client: {source.reference}\n\n    def obtain(self):\n"
        f"        return self.client{source.suffix}"
    )
    made = source.expression.removesuffix(source.suffix)
    return Code(f"{source.plain_import}\n{text}", f"value = Tool({made}).obtain()")


# A seeded generator that all workflows of a process share is not deterministic for one of them.
SHARED_STATE = {("module_instance", "seeded")}


def _applies(name: str, source: Source) -> bool:
    if (name, source.name) in SHARED_STATE:
        return False
    if name in IMPORTS_ONLY and not source.module:
        return False
    return name not in CLIENTS_ONLY or (bool(source.suffix) and source.is_class)


def cells() -> Iterator[Cell]:
    """Every source on every carrier that applies to it."""
    for source in (*NONDETERMINISTIC, *DETERMINISTIC):
        for name, make in CARRIERS.items():
            if _applies(name, source):
                yield Cell(source, name, make(source))


CELLS: tuple[Cell, ...] = tuple(cells())
