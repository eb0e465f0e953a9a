"""HTML and SVG as values: every text is escaped where it is put in.

In: element names, attributes and children. Out: ``Markup``. Never lets stored text become markup,
and never writes an inline style or script, so the strictest content policy holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from dbos.report import plain

SHOWN = frozenset(("title", "aria-label", "placeholder"))
VOID = frozenset(("br", "hr", "input", "link", "meta"))


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
Attribute: TypeAlias = "str | int | float | bool | None"


def element(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """One element. ``class_`` means ``class``, other underscores are hyphens.

    Attributes that are None or False are left out; True gives one without a value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other; plain text is escaped, with control characters spelled out."""
    return Markup("".join(map(_child, children)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(plain(child))
    if isinstance(child, int):
        return str(child)
    return "".join(map(_child, child))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = value if isinstance(value, str) else f"{value:g}"
    # Only what is shown is spelled out; a form must send back the very text.
    return f' {name}="{escape(plain(text) if name in SHOWN else text)}"'


def table(headings: Iterable[str], rows: Iterable[Iterable[Child]], empty: str) -> Markup:
    """A table that scrolls inside its place, or the sentence ``empty`` when it has no rows."""
    lines = [element("tr", [element("td", cell) for cell in row]) for row in rows]
    if not lines:
        return element("p", empty, class_="quiet")
    head = element("tr", [element("th", one, scope="col") for one in headings])
    whole = element("table", element("thead", head), element("tbody", lines))
    return element("div", whole, class_="scroll", tabindex=0, role="region", aria_label="table")


def fields(pairs: Iterable[tuple[str, Child]]) -> Markup:
    """Names with values; pairs without a value are left out."""
    known = [(name, value) for name, value in pairs if value not in (None, "")]
    return element("dl", [[element("dt", name), element("dd", value)] for name, value in known])
