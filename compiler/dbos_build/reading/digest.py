"""The digest of a module: equal exactly when two texts differ in nothing that runs.

In: the syntax tree of a module. Out: `m1-` and 32 hexadecimal digits. The runtime computes the same
digest of the text it loaded, on its own; a test holds the two together, so the format is frozen.
Never: recurses (nesting is the user's), looks at positions, comments, formatting or docstrings;
never differs between the supported versions of Python.
"""

from __future__ import annotations

import ast
from hashlib import blake2b

DIGEST_SIZE_BYTES = 16
_IGNORED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def module_digest(tree: ast.Module) -> str:
    """Return the digest of a module's tree."""
    return fingerprint("m1-", serialise(tree))


def fingerprint(prefix: str, text: str) -> str:
    """Return `prefix` and the BLAKE2b digest of a text, which may hold lone surrogates."""
    content = text.encode("utf-8", "surrogatepass")
    return prefix + blake2b(content, digest_size=DIGEST_SIZE_BYTES).hexdigest()


def serialise(tree: ast.AST) -> str:
    """Return the canonical text of a tree: `(Class field=value …)`, without its docstrings."""
    pieces: list[str] = []
    pending: list[object] = [tree]
    while pending:
        item = pending.pop()
        if type(item) is _Text:
            pieces.append(item.text)
        elif isinstance(item, ast.AST):
            pending.extend(reversed(_opened_node(item)))
        elif isinstance(item, list):
            pending.extend(reversed(_opened_list(item)))
        else:
            pieces.append(constant_text(item))
    return "".join(pieces)


def constant_text(value: object) -> str:
    """Return a constant with its type, so that `1`, `True`, `1.0` and `-0.0` stay apart."""
    if isinstance(value, int) and value.bit_length() > 4096:
        return f"{type(value).__name__}:{value:#x}"  # Python refuses long decimal conversions.
    return f"{type(value).__name__}:{value!r}"


def without_docstring(node: ast.AST, body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the body of a module, class or function without its docstring."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if not isinstance(node, documented) or not body:
        return body
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:] if isinstance(first.value.value, str) else body
    return body


class _Text:
    """A piece of output among pending nodes: strings of the user are never taken for it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_CLOSE_NODE, _CLOSE_LIST, _COMMA = _Text(")"), _Text("]"), _Text(",")


def _opened_node(node: ast.AST) -> list[object]:
    items: list[object] = [_Text("(" + type(node).__name__)]
    for name in _fields(type(node)):
        value = getattr(node, name, None)
        if name == "body" and isinstance(value, list):
            value = without_docstring(node, value)
        if value is None or value == []:
            continue
        items.append(_Text(f" {name}="))
        items.append(value)
    items.append(_CLOSE_NODE)
    return items


def _opened_list(values: list[object]) -> list[object]:
    items: list[object] = [_Text("[")]
    for position, value in enumerate(values):
        if position:
            items.append(_COMMA)
        items.append(value)
    items.append(_CLOSE_LIST)
    return items


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    names = _FIELDS.get(kind)
    if names is None:
        names = tuple(sorted(name for name in kind._fields if name not in _IGNORED_FIELDS))
        _FIELDS[kind] = names
    return names
