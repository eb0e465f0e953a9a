"""Generated projects of which it is known what depends on what.

A project is written entity by entity: constants, tables, functions, classes with methods, steps and
workflows, each with the entities it uses chosen beforehand. So which workflows a change must reach
is known from how the project was made, and needs nothing of what is tested.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

FOLDER = "shop"
_SNIPPETS = """\
{v} = {u}
----
{v} = {u}
if {v} > 2:
    {v} = {v} * 3 - 1
elif {v} == a:
    {v} -= 4
else:
    {v} = -{v}
----
{v} = 0
while {v} < 5:
    {v} += {u}
    if {v} == 4:
        break
else:
    {v} = 7
----
{v} = []
for index, item in enumerate([1, 2, b]):
    if not item:
        continue
    {v}.append(item * 2 + index + {u})
----
try:
    {v} = int(str({u}))
except (ValueError, KeyError) as error:
    {v} = len(str(error))
    raise RuntimeError('no') from error
else:
    {v} = {v} << 1
finally:
    b = {v}
----
{v} = [each + {u} for each in range(3) if each != a]
----
{v} = {{each: {u} for each in (1, 2)}}
----
{v} = sorted((x for x in (3, a)), key=lambda x, y={u}: x - y)
----
{v} = f'{{a!r:>4}} of {{{u}:.2f}}'
----
{v} = ({u}, a)[0] if a < b <= 10 else b or 5
----
{v} = max({u}, 1) if (found := {u}) and found is not None else found
----
first, *others = [{u}, a, b]
{v} = first - others[-1]
----
assert a is not None, 'small'
{v} = {u} % 3
----
def inner(value, more=2):
    nonlocal b
    b = b + value
    return value - more
{v} = inner({u}, more=3)
----
match a:
    case 1 | 2:
        {v} = {u}
    case [head, *tail] if head:
        {v} = tail
    case {{'key': value, **rest}}:
        {v} = value
    case str() as text:
        {v} = text
    case _:
        {v} = None
----
{v} = dict(one={u}, two=b)
{v}['three'] = a
del {v}['one']
----
{v} = [1, 2, 3][0:{u}:1]
----
{v} = str(a).upper().split('-', maxsplit=2) + [{u}]
""".rstrip().split("\n----\n")
_WAITS = (
    "DBOS.sleep({u})",
    "DBOS.set_event('progress', {u})",
    "DBOS.recv('topic', timeout_seconds={u})",
    "DBOS.send(str(a), {u}, topic='news')",
)


_USABLE = ("constant", "function", "method", "table")
"""The kinds of entities that other code uses by name; classes are used through their methods."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One definition: its name, the module it stands in, its kind and the entities it uses.

    A method's name is `Class.method`; `outside` tells what no workflow replays.
    """

    name: str
    module: str
    kind: str
    uses: tuple[str, ...]
    text: str
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """A project: its entities by name, and the imports of each module.

    Classes hold what is not in a method of its own.
    """

    entities: Mapping[str, Entity]
    imports: Mapping[str, tuple[str, ...]]

    def files(self, changed: Mapping[str, str] | None = None) -> dict[str, str]:
        """The project's files, with other texts for some entities."""
        texts = {name: each.text for name, each in self.entities.items()} | dict(changed or {})
        files = {f"{FOLDER}/__init__.py": "\n".join(self.imports.get("__init__", ())) + "\n"}
        for module, imports in self.imports.items():
            if module == "__init__":
                continue
            parts = ["\n".join(imports)]
            for name, each in self.entities.items():
                if each.module != module:
                    continue
                if each.kind == "method":
                    parts[-1] += "\n" + _indented(texts[name])
                else:
                    parts.append(texts[name])
            files[f"{FOLDER}/{module}.py"] = "\n\n".join(parts) + "\n"
        return files

    def workflows_reaching(self, name: str) -> frozenset[str]:
        """The workflows whose replay runs through an entity."""
        return frozenset(
            each.name
            for each in self.entities.values()
            if each.kind == "workflow" and name in self._reached(each.name)
        )

    def _reached(self, start: str) -> set[str]:
        """Everything that the replay of a workflow runs through; steps and workflows end it."""
        found = {start}
        waiting = [start]
        while waiting:
            for used in self.entities[waiting.pop()].uses:
                if used not in found and self.entities[used].kind not in ("step", "workflow"):
                    found.add(used)
                    waiting.append(used)
        return found


def linked(seed: int, workflows: int = 5) -> Linked:
    """A project of some workflows, the same for the same seed."""
    return _Writer(random.Random(seed), workflows).project()


class _Writer:
    """A project while it is written."""

    def __init__(self, chance: random.Random, workflows: int) -> None:
        self.chance = chance
        self.count = workflows
        self.entities: dict[str, Entity] = {}
        self.imports: dict[str, dict[str, str]] = {}  # Module → entity → how it is written there.
        self.lines: dict[str, list[str]] = {}

    def project(self) -> Linked:
        """Write entities bottom up, so that each may use the ones before it."""
        for number in range(3):
            self._constant(number)
        self._decorator()
        for number in range(4):
            self._function(number)
        self._class(0)
        self._subclass()
        self._cycle()
        self._table()
        self._outside()
        for number in range(self.count):
            self._workflow(number)
        modules = sorted({"__init__", *(each.module for each in self.entities.values())})
        return Linked(self.entities, {module: self._imports(module) for module in modules})

    def _add(
        self,
        name: str,
        module: str,
        kind: str,
        uses: tuple[str, ...],
        text: str,
        outside: bool = False,
    ) -> None:
        self.entities[name] = Entity(name, module, kind, uses, text, outside)

    def _some(self, count: int) -> tuple[str, ...]:
        """Entities that replayed code may use."""
        free = [
            name
            for name, each in self.entities.items()
            if not each.is_outside and each.kind in _USABLE
        ]
        return tuple(self.chance.sample(free, min(count, len(free))))

    def _constant(self, number: int) -> None:
        uses = self._some(self.chance.randint(0, 1)) if number else ()
        module = self.chance.choice(("limits", "rates"))
        value = self._use(uses[0], module) if uses else str(self.chance.randint(2, 90))
        texts = (
            f"{value} + 1",
            f"[{value}, 2][0]",
            f"int('3') * {value}",
            f"{value} if 1 < 2 else 3",
        )
        name = f"CONSTANT_{number}"
        self._add(name, module, "constant", uses, f"{name} = {self.chance.choice(texts)}")

    def _function(self, number: int) -> None:
        uses = self._some(self.chance.randint(0, 2))
        module = self.chance.choice(("helpers", "prices"))
        name = f"helper_{number}"
        default = self.chance.choice(("2", "'x'", "(1, 2)", "None", "CONSTANT_0"))
        body = self._body(uses, module, 1)
        if default == "CONSTANT_0":
            uses = (*uses, default)
            default = self._use(default, module)
        head = f"def {name}(a, b=1, *rest, option={default}, **more):"
        if self.chance.random() < 0.25:
            head = f"@{self._use('repeated', module, called=False)}\n{head}"
            uses = (*uses, "repeated")
        self._add(name, module, "function", uses, f"{head}\n{_indented(body)}")

    def _decorator(self) -> None:
        """A decorator of functions."""
        inner = (
            "def inner(*given, **named):\n    return function(*given, **named) * 2\nreturn inner"
        )
        text = f"def repeated(function):\n{_indented(inner)}"
        self._add("repeated", "wrappers", "decorator", (), text)

    def _subclass(self) -> None:
        """A class that inherits and calls what it inherits, in two ways.

        It overrides nothing: an object of a class may be one of a subclass, so overrides count too.
        """
        module = self.chance.choice(("helpers", "more_models"))
        written = self._name(self.entities["Kind0"], module)
        self._add("Kind1", module, "class", ("Kind0",), f"class Kind1({written}):\n    extra = 5")
        above = (
            "def method_1_1(self, a=1, b=2):\n    return super().method_0_0(a, b=b) - self.extra"
        )
        beside = "def method_1_0(self, a=1, b=2):\n    return self.method_0_1(a) + self.extra"
        uses = ("Kind1", "Kind0.method_0_0")
        self._add("Kind1.method_1_1", module, "method", uses, above)
        uses = ("Kind1", "Kind0.method_0_1")
        self._add("Kind1.method_1_0", module, "method", uses, beside)

    def _class(self, number: int) -> None:
        uses = self._some(self.chance.randint(0, 1))
        module = self.chance.choice(("helpers", "models"))
        name = f"Kind{number}"
        value = self._use(uses[0], module) if uses else "2"
        fields = f"factor = {value}\nlabel = 'kind'\n"
        init = "def __init__(self, amount, more=3):\n    self.amount = amount + more\n"
        methods = []
        for index in range(2):
            own = self._some(self.chance.randint(0, 1))
            own = tuple(each for each in own if not each.startswith(f"{name}."))
            body = self._body(own, module, 1, first="v0 = self.amount * self.factor")
            text = f"def method_{number}_{index}(self, a=1, b=2):\n{_indented(body)}"
            methods.append((f"{name}.method_{number}_{index}", own, text))
        head = _indented((fields + init).rstrip())
        self._add(name, module, "class", uses, f"class {name}:\n{head}")
        for full, own, text in methods:
            self._add(full, module, "method", (name, *own), text)

    def _cycle(self) -> None:
        """Two functions that call each other."""
        uses = self._some(1)
        one, two = "cycle_one", "cycle_two"
        for name, other, own in ((one, two, uses), (two, one, ())):
            body = self._body(own, "prices", 1)
            first = f"def {name}(a, b=1):\n    if a > 3:\n        return {other}(a - 1)\n"
            self._add(name, "prices", "function", (other, *own), first + _indented(body))

    def _table(self) -> None:
        """A dispatch table of functions, and one put together from a partial and a lambda."""
        functions = [name for name, each in self.entities.items() if each.kind == "function"]
        uses = tuple(self.chance.sample(functions, 2))
        one, two = (self._use(each, "tables", called=False) for each in uses)
        text = f"TABLE = {{'a': {one}, 'b': {two}}}"
        if self.chance.random() < 0.5:
            self.lines.setdefault("tables", []).append("import functools")
            text = f"TABLE = dict(a=functools.partial({one}, 2), b=lambda *x: {two}(*x))"
        self._add("TABLE", "tables", "table", uses, text)

    def _outside(self) -> None:
        """Steps and what only they use, and what nothing uses."""
        for name in ("gateway", "unused"):
            body = self._body((), "gateway", 1)
            text = f"def {name}(a, b=1):\n{_indented(body)}"
            self._add(name, "gateway", "function", (), text, outside=True)
        self._add("RETRIES", "gateway", "constant", (), "RETRIES = 3 + 4", outside=True)
        for number in range(3):
            name = f"step_{number}"
            body = f"    v0 = {self._use('gateway', 'steps')}\n    return f'{{v0}} of {{b + 1}}'"
            text = f"@DBOS.step()\ndef {name}(a, b=1):\n{body}"
            self._add(name, "steps", "step", ("gateway",), text, outside=True)
        method = "def measured(self, a, b=1):\n    return a * self.size + b"
        text = f"class Unused:\n    size = 3\n{_indented(method)}"
        self._add("Unused", "models", "class", (), text, outside=True)

    def _workflow(self, number: int) -> None:
        uses = self._some(2)
        steps = tuple(f"step_{each}" for each in self.chance.sample(range(3), 2))
        earlier = (f"flow_{number - 1}",) if number and self.chance.random() < 0.3 else ()
        body = self._body(uses, "flows", 2)
        wait = self.chance.choice(_WAITS).format(u="a")
        calls = "\n".join(
            f"v{index} = {self._use(each, 'flows')}"
            for index, each in enumerate((*steps, *earlier))
        )
        name = f"flow_{number}"
        whole = _indented("\n".join((calls, wait, body)))
        text = f"@DBOS.workflow()\ndef {name}(a, b=2):\n{whole}"
        self._add(name, "flows", "workflow", (*uses, *steps, *earlier), text)

    def _body(self, uses: tuple[str, ...], module: str, least: int, first: str = "v0 = a") -> str:
        """Statements that use each of some entities."""
        count = max(least, len(uses))
        snippets = self.chance.sample(_SNIPPETS, count)
        lines = [first]
        for index, snippet in enumerate(snippets):
            used = self._use(uses[index], module) if index < len(uses) else f"v{index}"
            lines.append(snippet.format(v=f"v{index + 1}", u=used))
        return "\n".join([*lines, f"return (v0, v{count}, b)"])

    def _use(self, name: str, module: str, *, called: bool = True) -> str:
        """An expression that uses an entity in a module, imported in one of several ways."""
        entity = self.entities[name]
        written = self._name(entity, module)
        if not called:
            return written
        match entity.kind:
            case "constant":
                return written
            case "table":
                return f'{written}["a"](a, 2)'
            case "method":
                return f"{written}(3).{name.rpartition('.')[2]}(4, b=5)"
        return f"{written}(a, b=3)" if self.chance.random() < 0.5 else f"{written}(a)"

    def _name(self, entity: Entity, module: str) -> str:
        """How an entity, or the class of a method, is written in a module."""
        name = entity.name.partition(".")[0]
        if entity.module == module:
            return name
        known = self.imports.setdefault(module, {})
        if name not in known:
            alias = f"{name.lower()}_here"
            home = f"{FOLDER}.{entity.module}"
            known[name], line = self.chance.choice(
                (
                    (name, f"from {home} import {name}"),
                    (name, f"from {home} import *"),
                    (alias, f"from {FOLDER} import {name} as {alias}"),
                    (alias, f"from {home} import {name} as {alias}"),
                    (alias, f"from .{entity.module} import {name} as {alias}"),
                    (f"{entity.module}.{name}", f"from {FOLDER} import {entity.module}"),
                    (f"{home}.{name}", f"import {home}"),
                    (f"module_{alias}.{name}", f"import {home} as module_{alias}"),
                )
            )
            self.lines.setdefault(module, []).append(line)
            if line.startswith(f"from {FOLDER} import {name} "):
                again = f"from {home} import {name}"
                self.lines.setdefault("__init__", []).append(again)
        return known[name]

    def _imports(self, module: str) -> tuple[str, ...]:
        imports = sorted(set(self.lines.get(module, ())))
        if module in ("flows", "steps"):
            imports.insert(0, "from dbos import DBOS")
        return tuple(imports)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))
