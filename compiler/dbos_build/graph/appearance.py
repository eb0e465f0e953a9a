"""What a node looks like: its shape, its family of colours, its words and its size.

In: a node of a flow. Out: its `Appearance`. A card is an operation, a hexagon decides, a pill
begins, ends or gathers. Never: knows where the node stands, or how the picture is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dbos_build.flow.graph import Node
from dbos_build.graph.measure import Font, one_line, width, wrapped
from dbos_build.graph.shapes import Size

CAPTION = Font(size=9.5, spacing=0.7, factor=1.06)
NAME = Font(size=13.5, factor=1.15)
CODE = Font(size=11, is_monospace=True)
PILL = Font(size=12.5, factor=1.15)
LABEL = Font(size=11)

_TEXT_LIMIT = 232.0
_NAME_LINE = 17.0
_CODE_LINE = 15.0
ICON = 28.0
PADDING = 12.0


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of node is drawn: `card`, `hexagon` or `pill`; `family` chooses the colours."""

    shape: str
    family: str
    caption: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "begin": Kind("pill", "begin", "Workflow"),
        "end": Kind("pill", "end", "End"),
        "step": Kind("card", "step", "Step"),
        "transaction": Kind("card", "transaction", "Transaction"),
        "child": Kind("card", "workflow", "Child workflow"),
        "start": Kind("card", "workflow", "Start workflow"),
        "enqueue": Kind("card", "workflow", "Enqueue"),
        "result": Kind("card", "workflow", "Wait for result"),
        "send": Kind("card", "message", "Send"),
        "recv": Kind("card", "message", "Receive"),
        "set_event": Kind("card", "event", "Set event"),
        "get_event": Kind("card", "event", "Get event"),
        "sleep": Kind("card", "sleep", "Sleep"),
        "write_stream": Kind("card", "stream", "Write stream"),
        "read_stream": Kind("card", "stream", "Read stream"),
        "patch": Kind("hexagon", "patch", "Patch"),
        "deprecate_patch": Kind("card", "patch", "Deprecated patch"),
        "other": Kind("card", "other", "Operation"),
        "branch": Kind("hexagon", "branch", "Branch"),
        "loop": Kind("hexagon", "loop", "Loop"),
        "gather": Kind("pill", "gather", "In parallel"),
        "join": Kind("pill", "gather", "All done"),
        "try": Kind("pill", "try", "Try"),
        "except": Kind("pill", "except", "Except"),
        "raise": Kind("pill", "raise", "Raise"),
        "return": Kind("pill", "end", "Return"),
        "opaque": Kind("card", "opaque", "Not analysable"),
    }
)
"""How each kind of node of a flow is drawn; a test holds this to the kinds that there are."""

_UNKNOWN_KIND = Kind("card", "other", "Operation")


@dataclass(frozen=True, slots=True)
class Appearance:
    """A node as it is drawn: `names` are its lines of text, `code` those of its source."""

    kind: Kind
    names: tuple[str, ...]
    code: tuple[str, ...]
    size: Size


def appearance(node: Node, workflow: str) -> Appearance:
    """What a node of the workflow of that name looks like."""
    kind = KINDS.get(node.kind, _UNKNOWN_KIND)
    if kind.shape == "card":
        return _card(kind, node)
    if kind.shape == "hexagon":
        return _hexagon(kind, node)
    return _pill(kind, node, workflow)


def label_size(label: str) -> Size | None:
    """The room for the text of an arrow, None when it has none."""
    text = label_text(label)
    return Size(width(text, LABEL) + 14, 19) if text else None


def label_text(label: str) -> str:
    """The text of an arrow, cut to one line."""
    lines = wrapped(label, LABEL, 150, 1)
    return lines[0] if lines else ""


def described(node: Node, workflow: str) -> str:
    """A node in words, for people who hear a picture."""
    caption = KINDS.get(node.kind, _UNKNOWN_KIND).caption
    name = workflow if node.kind == "begin" else node.name or node.text
    words = one_line(name)
    return f"{caption}: {words}" if words else caption


def _card(kind: Kind, node: Node) -> Appearance:
    names = wrapped(node.name, NAME, _TEXT_LIMIT, 2)
    code = wrapped(node.text, CODE, _TEXT_LIMIT, 1)
    if not names:
        names, code = wrapped(node.text, NAME, _TEXT_LIMIT, 2) or (kind.caption,), ()
    words = max(
        width(kind.caption.upper(), CAPTION),
        *(width(line, NAME) for line in names),
        *(width(line, CODE) for line in code),
    )
    height = 34 + _NAME_LINE * len(names) + (_CODE_LINE * len(code))
    return Appearance(kind, names, code, Size(words + ICON + 3 * PADDING, height))


def _hexagon(kind: Kind, node: Node) -> Appearance:
    words = (node.name, node.text) if kind.family == "patch" else (node.text, node.name)
    lines = (wrapped(each, CODE, _TEXT_LIMIT, 2) for each in words)
    code = next(filter(None, lines), (kind.caption,))
    caption = width(kind.caption.upper(), CAPTION) + 6
    room = max(40.0, caption, *(width(line, CODE) for line in code))
    return Appearance(kind, (), code, Size(room + 48, 29 + _CODE_LINE * len(code)))


def _pill(kind: Kind, node: Node, workflow: str) -> Appearance:
    if node.kind == "begin":
        names = wrapped(workflow, PILL, _TEXT_LIMIT, 2)
    elif node.kind in ("raise", "return", "except"):
        words = node.text or node.name
        starts = words.lower().startswith(node.kind)
        names = wrapped(words if starts else f"{node.kind} {words}", PILL, _TEXT_LIMIT, 1)
    else:
        names = ()
    names = names or (kind.caption,)
    room = max(width(line, PILL) for line in names)
    height = 15 + _NAME_LINE * len(names)
    return Appearance(kind, names, (), Size(max(room + 34, 60), height))
