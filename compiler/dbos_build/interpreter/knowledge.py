"""What code outside the project does: a table of qualified names.

In: the `known/*.tsv` files of this package (data, not code). Out: for a qualified name, its
`Entry`: the kinds of effect, the arguments under which they happen, and the type of the result.
Never does: look at code. A line is `name <TAB> effects <TAB> when <TAB> returns`; a name that ends
in `.*` stands for every name below it that has no line of its own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from dbos_build.error import ConfigError
from dbos_build.settings.keys import EffectRow

PURE = "pure"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name does. `when` are conditions on the arguments; no condition means always.

    `otherwise` are the effects when the conditions do not hold, and `otherwise_returns` the type:
    a second row, with `else`.
    """

    name: str
    effects: tuple[str, ...]
    when: tuple[str, ...] = ()
    returns: str = ""
    is_class: bool = False
    is_read: bool = False
    otherwise: tuple[str, ...] = ()
    otherwise_returns: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """All entries by name; wildcards are kept under their prefix."""

    exact: dict[str, Entry]
    below: dict[str, Entry]
    renamed: dict[str, str]

    def canonical(self, name: str) -> str:
        """The name under which something is listed: `anyio.to_thread` and its aliases are one."""
        head = name
        while head:
            target = self.renamed.get(head)
            if target is not None:
                return self.canonical(target + name[len(head) :])
            head = head.rpartition(".")[0]
        return name

    def find(self, name: str) -> Entry | None:
        """The entry for a name: its own, else that of the nearest wildcard above it."""
        entry = self.exact.get(name)
        if entry is not None:
            return entry
        head = name.rpartition(".")[0]
        while head:
            entry = self.below.get(head)
            if entry is not None:
                return entry
            head = head.rpartition(".")[0]
        return None


@cache
def load() -> Knowledge:
    """The table shipped with this package."""
    exact: dict[str, Entry] = {}
    below: dict[str, Entry] = {}
    renamed: dict[str, str] = {}
    folder = resources.files("dbos_build") / "known"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".tsv"):
            for row in _rows(file.read_text("utf-8")):
                _add(row, exact, below, renamed)
    return Knowledge(exact, below, renamed)


def extended(rows: Sequence[EffectRow]) -> Knowledge:
    """The shipped table with the user's rows before it; a row replaces what has its name.

    Raises ConfigError for an effect or a condition that does not exist.
    """
    shipped = load()
    if not rows:
        return shipped
    exact, below = dict(shipped.exact), dict(shipped.below)
    renamed = dict(shipped.renamed)
    known = effect_words(shipped)
    for row in rows:
        _must_have_meaning(row, known)
        wildcard = row.name.endswith(".*")
        name = row.name.removesuffix(".*")
        for table in (exact, below) if wildcard else (exact,):
            for each in [each for each in table if _is_replaced(each, name, wildcard)]:
                del table[each]
        renamed.pop(name, None)
        _add([row.name, ",".join(row.effects), " ".join(row.when), row.returns], exact, below, {})
        if row.otherwise:
            table = below if wildcard else exact
            rest = tuple(word for word in row.otherwise if word != PURE)
            table[name] = replace(table[name], otherwise=rest)
    return Knowledge(exact, below, renamed)


def _must_have_meaning(row: EffectRow, known: frozenset[str]) -> None:
    """Refuse words that are no effects, and conditions that are none."""
    for word in (*row.effects, *row.otherwise):
        if word not in known:
            raise ConfigError(f"effects.{row.name}: unknown effect {word!r}{_hint(word, known)}")
    for condition in row.when:
        if _CONDITION.fullmatch(condition) is None:
            raise ConfigError(
                f"effects.{row.name}: unknown condition {condition!r}; conditions are given:NAME, "
                "missing:NAME, nonzero:NAME, notint:NAME, path:NAME and text:NAME, with "
                "NAME@POSITION for an argument that may also be positional"
            )


def effect_words(table: Knowledge) -> frozenset[str]:
    """Every word that may stand in the column of effects."""
    entries = (*table.exact.values(), *table.below.values())
    used = {effect for entry in entries for effect in (*entry.effects, *entry.otherwise)}
    return frozenset({PURE, "class", "read"} | used)


_CONDITION = re.compile(r"(given|missing|nonzero|notint|path|text):[A-Za-z_]\w*(@\d+)?")


def _is_replaced(name: str, prefix: str, wildcard: bool) -> bool:
    """Whether the user's row speaks for a name of the table: itself or, for `.*`, all below it."""
    return name == prefix or (wildcard and name.startswith(prefix + "."))


def _hint(word: str, known: frozenset[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; effects are {', '.join(sorted(known))}"


def _rows(text: str) -> Iterator[list[str]]:
    """The fields of each line that is neither empty nor a comment."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            fields = line.split("\t")
            yield fields + [""] * (4 - len(fields))


def _add(
    row: list[str], exact: dict[str, Entry], below: dict[str, Entry], renamed: dict[str, str]
) -> None:
    """Put one row, which may list several names, into the tables."""
    names, effects, when, returns = row[:4]
    if effects.startswith("="):
        for name in names.split():
            renamed[name] = effects[1:]
        return
    kinds = effects.split(",")
    flags = {kind for kind in kinds if kind in {"class", "read"}}
    entry_kinds = tuple(kind for kind in kinds if kind not in flags and kind != PURE)
    for name in _expanded(names):
        entry = Entry(
            name=name,
            effects=entry_kinds,
            when=tuple(when.split()) if when not in {"", "-"} else (),
            returns=returns if returns != "-" else "",
            is_class="class" in flags,
            is_read="read" in flags,
        )
        known = exact.get(name)
        if when == "else" and known is not None:
            exact[name] = replace(known, otherwise=entry_kinds, otherwise_returns=entry.returns)
        elif name.endswith(".*"):
            below[name[:-2]] = entry
        else:
            exact[name] = entry


def _expanded(names: str) -> Iterator[str]:
    """`a.{b,c}.d e` as `a.b.d`, `a.c.d`, `e`."""
    for name in names.split():
        head, brace, rest = name.partition("{")
        if not brace:
            yield name
            continue
        inner, _, tail = rest.partition("}")
        for part in inner.split(","):
            yield from _expanded(head + part + tail)
