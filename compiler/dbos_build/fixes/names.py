"""Names in a rewritten file: which are taken, how to write something imported, and new names.

In: a draft. Out: names, and the text by which something imported can be referred to. Never does:
add the import itself; it says which one is needed.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import GlobalScope

from dbos_build.fixes.change import Import, Unfixable
from dbos_build.fixes.draft import Draft

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Reference:
    """How to write something imported, and the import that is missing for it."""

    text: str
    imports: tuple[Import, ...] = ()


def taken(draft: Draft) -> frozenset[str]:
    """Every word of the file and of what is to be added, all builtins, and reserved names."""
    words = set(_WORD.findall(draft.text))
    for definition in draft.definitions:
        words.update(_WORD.findall(definition.text))
    return draft.reserved.union(words, dir(builtins), keyword.kwlist)


def fresh(wanted: str, used: frozenset[str]) -> str:
    """`wanted`, or `wanted_2`, `wanted_3`, … when that is in use."""
    if wanted not in used:
        return wanted
    number = 2
    while f"{wanted}_{number}" in used:
        number += 1
    return f"{wanted}_{number}"


def dbos(draft: Draft, at: cst.CSTNode) -> Reference:
    """How to write the class `DBOS` at a node; Unfixable when its name means another thing."""
    return refer(draft, "dbos", "DBOS", at)


def refer(draft: Draft, module: str, name: str, at: cst.CSTNode) -> Reference:
    """How to write `module.name` at a node, by an import that is there or by one to be added."""
    for statement in module_imports(draft.tree):
        for text, target in _bound(statement):
            root = text.partition(".")[0]
            if target == f"{module}.{name}" and _visible(draft, root, at):
                return Reference(text)
            if target == module and _visible(draft, root, at):
                return Reference(f"{text}.{name}")
    if not _unbound(draft, name, at):
        raise Unfixable(f"`{name}` is another thing in this file")
    return Reference(name, (Import(module, name),))


def refer_module(draft: Draft, module: str, at: cst.CSTNode) -> Reference:
    """How to write a top-level module at a node."""
    for statement in module_imports(draft.tree):
        for text, target in _bound(statement):
            if target == module and _visible(draft, text.partition(".")[0], at):
                return Reference(text)
    if not _unbound(draft, module, at):
        raise Unfixable(f"`{module}` is another thing in this file")
    return Reference(module, (Import(module),))


def module_imports(tree: cst.Module) -> Iterator[cst.Import | cst.ImportFrom]:
    """The import statements that run when the module is loaded, not those for type checkers."""
    waiting: list[cst.CSTNode] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                if isinstance(small, cst.Import | cst.ImportFrom):
                    yield small
        elif isinstance(node, cst.If) and "TYPE_CHECKING" in tree.code_for_node(node.test):
            waiting += [node.orelse] if node.orelse else []
        elif isinstance(node, cst.If | cst.Else | cst.Try | cst.ExceptHandler | cst.IndentedBlock):
            waiting += node.children


def dotted(node: cst.CSTNode | None) -> str:
    """The dotted name of a name or attribute node, "" for anything else."""
    match node:
        case cst.Name():
            return node.value
        case cst.Attribute():
            inner = dotted(node.value)
            return f"{inner}.{node.attr.value}" if inner else ""
    return ""


def _bound(statement: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str]]:
    """(text by which it can be written, dotted name) of what an import statement binds."""
    if isinstance(statement.names, cst.ImportStar):
        return
    prefix = ""
    if isinstance(statement, cst.ImportFrom):
        if statement.relative:
            return
        prefix = f"{dotted(statement.module)}."
    for alias in statement.names:
        target = prefix + dotted(alias.name)
        written = dotted(alias.asname.name) if alias.asname else dotted(alias.name)
        yield written, target


def _visible(draft: Draft, name: str, at: cst.CSTNode) -> bool:
    """Whether a name that the module imports is that import at a node, and nothing else."""
    scope = draft.scope_of(at)
    if scope is None:
        return False
    return all(isinstance(each.scope, GlobalScope) for each in scope[name])


def _unbound(draft: Draft, name: str, at: cst.CSTNode) -> bool:
    """Whether nothing that a node sees, and nothing at module level, has this name."""
    scope = draft.scope_of(at)
    if scope is None:
        return False
    return not list(scope[name]) and not list(scope.globals[name])
