"""Random expressions and statements in which nearly every value has the type it should have.

In: a source of chance and the names in sight. Out: lines of Python. The first letter of a name
tells its type: `n` a number, `l` a list of numbers, `d` a dictionary from texts to numbers, `s` a
text, `o` an object of the class `Box`. Every name in sight is bound.
Never: writes a statement whose meaning depends on a clock, an order of hashes or an address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

NAMES = {
    "n": ("n0", "n1", "n2"),
    "l": ("l0", "l1"),
    "d": ("d0", "d1"),
    "s": ("s0",),
    "o": ("o0",),
}
STEPS = {"n": "count", "l": "rows", "d": "table", "s": "word", "b": "flag", "o": "boxed"}
KEYS = ('"a"', '"b"', '"c"')


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of the program: its name, the types of its parameters, and of its result."""

    name: str
    takes: str
    gives: str
    is_durable: bool
    is_async: bool = False


@dataclass(slots=True)
class Writer:
    """Writes code at random, of the forms that one program uses: with few of them, names and
    objects meet more often. `asks` tells whether it may ask for operations."""

    chance: Random
    forms: Forms
    helpers: Sequence[Helper] = ()
    asks: bool = True
    is_async: bool = False
    loops: int = 0
    made: int = 0
    local: list[str] = field(default_factory=list)

    # Expressions.

    def expression(self, kind: str, depth: int = 2) -> str:
        """An expression of a type."""
        if kind == "b":
            return self.condition(depth)
        if depth <= 0 or self.chance.random() < 0.3:
            return self.chance.choice(NAMES[kind])
        if self.asks and self.chance.random() < 0.12:
            return self.step(kind, depth - 1)
        fitting = [each for each in self.helpers if each.gives == kind and self._may(each)]
        if fitting and self.chance.random() < 0.3:
            return self.help(self.chance.choice(fitting), depth - 1)
        return self.chance.choice(self.forms.expressions[kind])(self, depth - 1)

    def _may(self, helper: Helper) -> bool:
        if helper.is_async and not self.is_async:
            return False
        return self.asks or not helper.is_durable

    def step(self, kind: str, depth: int = 1) -> str:
        """A call of a step that gives a type."""
        given = ", ".join(self.argument(depth) for _ in range(self.chance.choice((1, 1, 2))))
        if self.is_async:
            return f"(await {STEPS[kind]}_later({given}))"
        return f"{STEPS[kind]}({given})"

    def argument(self, depth: int) -> str:
        """An expression of any type."""
        return self.expression(self.chance.choice("nnnlldsbo"), depth)

    def help(self, helper: Helper, depth: int) -> str:
        """A call of a helper."""
        given = [self.expression(kind, depth) for kind in helper.takes]
        if given and self.chance.random() < 0.2:
            given[-1] = f"{helper.takes[-1]}{len(given) - 1}={given[-1]}"
        call = f"{helper.name}({', '.join(given)})"
        return f"(await {call})" if helper.is_async else call

    def condition(self, depth: int = 1) -> str:
        """A condition."""
        if self.asks and self.chance.random() < 0.06:
            return self.step("b", depth - 1)
        pick = self.chance.randrange(11 if depth > 0 else 7)
        number, other = (self.expression("n", min(depth - 1, 1)) for _ in range(2))
        match pick:
            case 0 | 1:
                return f"{number} {self.chance.choice(('<', '>', '==', '!=', '<=', '>='))} {other}"
            case 2:
                return self.expression("l", depth - 1)
            case 3:
                return f"{number} in {self.expression('l', depth - 1)}"
            case 4:
                return f"{self.chance.choice(KEYS)} in {self.expression('d', depth - 1)}"
            case 5:
                return self.expression("n", depth - 1)
            case 6:
                return f"{number} {self.chance.choice(('<', '>'))} {self.constant()}"
            case 7:
                return f"not ({self.condition(depth - 1)})"
            case 8:
                return f"({self.condition(depth - 1)}) and ({self.condition(depth - 1)})"
            case 9:
                return f"({self.condition(depth - 1)}) or ({self.condition(depth - 1)})"
        return f"({self.chance.choice(NAMES['n'])} := {number}) > {other}"

    def constant(self) -> str:
        """A small number."""
        return str(self.chance.choice((0, 1, 1, 2, 3, 5)))

    def name(self, kind: str) -> str:
        """A variable of a type."""
        return self.chance.choice(NAMES[kind])

    # Statements.

    def block(self, size: int, depth: int = 2) -> list[str]:
        """Some statements."""
        lines: list[str] = []
        for _ in range(size):
            lines += self.statement(depth)
        return lines or ["pass"]

    def body(self, depth: int) -> list[str]:
        """The statements of an inner block."""
        return [f"    {line}" for line in self.block(self.chance.choice((1, 1, 2)), depth - 1)]

    def statement(self, depth: int) -> list[str]:
        """One statement, which may hold others."""
        if depth > 0 and self.chance.random() < 0.4:
            return self.chance.choice(self.forms.compound)(self, depth)
        if self.asks and self.chance.random() < 0.4:
            return [self.operation()]
        return self.chance.choice(self.forms.simple)(self)

    def operation(self) -> str:
        """A statement that asks for an operation."""
        wait, later = ("await ", "_async") if self.is_async else ("", "")
        match self.chance.randrange(8):
            case 0:
                return f"{wait}DBOS.sleep{later}({self.expression('n', 1)})"
            case 1:
                return f"{wait}DBOS.set_event{later}({self.expression('s', 1)}, {self.argument(1)})"
            case 2:
                return f'{self.name("n")} = {wait}DBOS.recv{later}("t", {self.constant()})'
            case 3 if not self.is_async:
                verb = self.chance.choice(("queue.enqueue", "DBOS.start_workflow"))
                return f"{self.name('n')} = {verb}(child, {self.argument(1)}).get_result()"
            case _:
                kind = self.chance.choice("nnlldso")
                return f"{self.name(kind)} = {self.step(kind, 2)}"


Form = Callable[[Writer, int], str]
Statement = Callable[[Writer], list[str]]
Compound = Callable[[Writer, int], list[str]]


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of expressions, by type, and of statements that one program uses."""

    expressions: Mapping[str, Sequence[Form]]
    simple: Sequence[Statement]
    compound: Sequence[Compound]


def forms(chance: Random) -> Forms:
    """Some of all forms."""
    few = chance.random() < 0.7
    return Forms(
        {
            kind: chance.sample(every, min(6 if few else 50, len(every)))
            for kind, every in _EXPRESSIONS.items()
        },
        chance.sample(_SIMPLE, 8 if few else len(_SIMPLE)),
        chance.sample(_COMPOUND, 3 if few else len(_COMPOUND)),
    )


def _call(text: str) -> Form:
    """A form in which `{n}` stands for an expression and `{N}` for a variable of a type."""

    def write(writer: Writer, depth: int) -> str:
        parts = {}
        for kind in "nlsdob":
            parts[kind] = writer.expression(kind, depth) if f"{{{kind}}}" in text else ""
            if kind != "b":
                parts[kind.upper()] = writer.name(kind)
        return text.format(
            **parts, m=writer.expression("n", depth), k=writer.chance.choice(KEYS),
            c=writer.constant(), q=writer.condition(depth),
        )  # fmt: skip

    return write


def _written(*texts: str) -> list[Form]:
    return [_call(text) for text in texts]


_EXPRESSIONS = {
    "n": _written(
        "{c}", "({n} + {m})", "({n} - {m})", "({n} * {c})", "len({l})", "sum({l})", "abs({n})",
        "{d}.get({k}, {m})", "{o}.n", "{O}.size", "{o}.total({n})", "({n} if {q} else {m})",
        "({N} := {m})", "max({n}, {m})", "(L.pop() if {L} else {n})".replace("L.", "{L}."),
        "next(iter({l}), {n})", "(lambda n9: n9 + {n})({m})", "{L}.count({n})", "({n} or {m})",
        "({n} and {m})", "sum(n9 for n9 in {l} if n9 > {m})", "N", "len(G)", "({n} % 3)",
        "[{n}, {m}][{c} % 2]", "{L}[-1] if {L} else {n}", "{D}.setdefault({k}, {n})",
        "{D}.pop({k}, {n})", "(yes if {q} else no)({n})", "FEES[{k}]", "min([{n}, {m}])",
        "check({n})",
    ),
    "l": _written(
        "[{n}, {m}]", "{l} + [{n}]", "[n9 + {n} for n9 in {l}]", "[n9 for n9 in {l} if n9 > {n}]",
        "sorted({l})", "list({d}.values())", "{l}[1:]", "{O}.items", "[*{l}, {n}]", "list({l})",
        "({l} if {q} else {l})", "list(range({n} % 4))", "[]", "{O}.add({n})", "G",
        "[n9 for n9, n8 in zip({l}, {L}) if n8]", "list(reversed({l}))", "({l} or [{n}])",
        "list(map(lambda n9: n9 - {n}, {l}))", "grow({l}, {n})", "list(upto({n} % 4))",
        "sorted({l}, key=lambda n9: -n9)", "[n9 for n8 in [{l}, {L}] for n9 in n8]",
        "[check(n9) for n9 in {l}]",
    ),
    "d": _written(
        "{{{k}: {n}}}", "{{**{d}, {k}: {n}}}", "{{str(n9): n9 for n9 in {l}}}", "dict({d})",
        "({d} if {q} else {d})", "dict(a={n})", "{{s9: n9 for s9, n9 in {d}.items() if n9 > {n}}}",
        "{d} | {{{k}: {n}}}",
    ),
    "s": _written(
        'f"{{{N} + 1}}"', "str({n})", '",".join(str(n9) for n9 in {l})', "{S}.upper()",
        '({s} + "x")',
        'f"{{len({L})}}-{{{N}}}-{{{O}.n}}"', '",".join({d})', "repr({o})", "({s} if {q} else {s})",
    ),
    "o": _written(
        "Box({n}, {l})", "Box({n})", "({o} if {q} else {o})", "{O}.twin()", "Box.of({n})",
        "replace({o}, n={n})",
    ),
}  # fmt: skip


def _simple(text: str) -> Statement:
    form = _call(text)
    return lambda writer: form(writer, 2).split("\n")


_SIMPLE = [
    _simple(text)
    for text in (
        "{N} = {n}", "{N} = {m}", "{L} = {l}", "{D} = {d}", "{S} = {s}", "{O} = {o}",
        "{N} += {n}", "{N} -= {n}", "{L} += [{n}]", "{L} = {L} + [{n}]", "{S} += {s}",
        "{L}.append({n})", "{L}.extend({l})", "{L}.sort()", "{L}.clear()", "{L}.insert(0, {n})",
        "{D}[{k}] = {n}", "{D}.update({d})", "{D}.pop({k}, None)", "{O}.n = {n}", "{O}.n += {c}",
        "{O}.items.append({n})", "{O}.items = {l}", "{O}.add({n})", "G.append({n})",
        "{N}, {N} = {n}, {m}", "{N}, *{L} = [{n}, *{l}]", "{L}[:] = {l}", "bump({n})",
        "({q}) and {L}.append({n})", "{L}.append({n}) if {q} else {D}.update({d})",
        "tally[{k}] = {n}", "grow({L}, {n})", "logger.info({s})", "print({n})", "pass",
        "if {L}:\n    {L}[0] = {n}", "if {q}:\n    {N} = {n}", "{L} = {L}.copy()", "del {L}[:1]",
        "{O} = {O}", "{L} = {L}", "{D} = {D}", "l0 = l1", "o0.items = l0", "l1 = o0.items",
    )
]  # fmt: skip


def _if(writer: Writer, depth: int) -> list[str]:
    lines = [f"if {writer.condition(2)}:", *writer.body(depth)]
    if writer.chance.random() < 0.25:
        lines += [f"elif {writer.condition(1)}:", *writer.body(depth)]
    if writer.chance.random() < 0.5:
        lines += ["else:", *writer.body(depth)]
    return lines


def _for(writer: Writer, depth: int) -> list[str]:
    number, key = writer.name("n"), writer.name("s")
    head = writer.chance.choice(
        (
            f"for {number} in {writer.expression('l', 1)}:",
            f"for {number} in {writer.expression('l', 0)}:",
            f"for {number} in range({writer.expression('n', 0)} % 4):",
            f"for {key}, {number} in {writer.expression('d', 1)}.items():",
            f"for {number}, {writer.name('n')} in enumerate({writer.expression('l', 1)}):",
        )
    )
    return [head, *_looped(writer, depth)]


def _looped(writer: Writer, depth: int) -> list[str]:
    writer.loops += 1
    lines = writer.body(depth)
    writer.loops -= 1
    if writer.chance.random() < 0.25:
        jump = writer.chance.choice(("break", "continue"))
        place = writer.chance.randrange(2)
        early = [f"    if {writer.condition(1)}:", f"        {jump}"]
        lines = [*early, *lines] if place else [*lines, *early]
    if writer.chance.random() < 0.12:
        lines += ["else:", *writer.body(depth)]
    return lines


def _while(writer: Writer, depth: int) -> list[str]:
    writer.made += 1
    turn = f"n{6 + writer.made % 2}"
    lines = [f"{turn} = 0", f"while {turn} < 3 and ({writer.condition(1)}):", f"    {turn} += 1"]
    return [*lines, *_looped(writer, depth)]


def _try(writer: Writer, depth: int) -> list[str]:
    lines = ["try:", *writer.body(depth)]
    errors = ["Refused", "Late", "(Late, KeyError)", "Exception", "(Refused, IndexError)"]
    if writer.chance.random() < 0.8:
        for _ in range(writer.chance.choice((1, 1, 2))):
            bound = writer.chance.choice(("", " as error"))
            lines += [f"except {writer.chance.choice(errors)}{bound}:", *writer.body(depth)]
        if writer.chance.random() < 0.2:
            lines.append(writer.chance.choice(("    raise", "    return n0")))
        if writer.chance.random() < 0.2:
            lines += ["else:", *writer.body(depth)]
        if writer.chance.random() < 0.3:
            lines += ["finally:", *writer.body(depth)]
    else:
        lines += ["finally:", *writer.body(depth)]
    return lines


def _with(writer: Writer, depth: int) -> list[str]:
    head = writer.chance.choice(
        (
            "with suppress(Refused):",
            "with suppress(Late, KeyError):",
            f"with Gate({writer.expression('l', 0)}) as {writer.name('n')}:",
            f"with opened({writer.expression('l', 0)}) as {writer.name('n')}:",
            'with SetWorkflowID(f"w{n0}"):',
        )
    )
    return [head, *writer.body(depth)]


def _match(writer: Writer, depth: int) -> list[str]:
    subject = writer.chance.choice((writer.expression("n", 1), writer.expression("l", 1)))
    lines = [f"match {subject}:"]
    cases = ["case 0:", "case [n0]:", "case [n1, *l1]:", "case 1 | 2:", "case int(n2) if n2 > 1:"]
    for case in writer.chance.sample(cases, 2):
        lines += [f"    {case}", *(f"    {line}" for line in writer.body(depth))]
    if writer.chance.random() < 0.5:
        lines += ["    case _:", *(f"    {line}" for line in writer.body(depth))]
    return lines


def _nested(writer: Writer, depth: int) -> list[str]:
    writer.made += 1
    name = f"inner{writer.made}"
    shared = writer.chance.choice(("n1", "l1", "d1", ""))
    lines = [f"def {name}(n0):"]
    if shared and writer.chance.random() < 0.6:
        lines.append(f"    nonlocal {shared}")
    else:
        lines += ["    n1 = n2 = n0", "    l1 = [n0]", "    d1 = {}"]
    inner = Writer(writer.chance, writer.forms, asks=writer.asks and not writer.is_async)
    inner.local = ["nested"]
    body = [f"    {line}" for line in inner.block(2, 1)]
    lines += ["    n2 = n0", "    l0 = [n0]", "    d0 = {}", '    s0 = "i"', "    o0 = Box(n0)"]
    if "nonlocal" not in lines[1]:
        return [*lines, *body, f"    return {inner.expression('n', 1)}", f"n2 = {name}(n0)"]
    kept = {"n1": ["    l1 = [n0]", "    d1 = {}"], "l1": ["    n1 = n0", "    d1 = {}"]}
    lines += kept.get(shared, ["    n1 = n0", "    l1 = [n0]"])
    call = f"{writer.name('n')} = {name}({writer.expression('n', 1)})"
    between = writer.statement(1) if writer.chance.random() < 0.5 else []
    return [*lines, *body, f"    return {inner.expression('n', 1)}", call, *between, call]


def _leave(writer: Writer, depth: int) -> list[str]:
    how = writer.chance.choice(
        (f"return {writer.expression('n', 1)}", "raise Refused(n0)", "raise Late(str(n1))")
    )
    if writer.local:
        how = f"return {writer.expression('n', 1)}"
    return [f"if {writer.condition(1)}:", f"    {how}"]


_COMPOUND = [_if, _if, _if, _for, _for, _for, _while, _try, _try, _with, _match, _nested, _leave]
