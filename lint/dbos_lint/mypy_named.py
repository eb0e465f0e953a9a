"""Workflows that are given by name, with the parameters that a generated registry knows of them.

In: the tree of a module that mypy has read, and the names in its calls. Out: the signature of a
workflow, where one registry that the module itself imports has it: mypy looks at a module again
when what it imports has changed, and at no other. Never does: judge a name that no registry knows;
the checker does that.

What mypy keeps of a module between runs lacks decorators, so the names are read from the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from mypy.nodes import (
    ARG_POS,
    AssignmentStmt,
    CallExpr,
    Decorator,
    DictExpr,
    Expression,
    ExpressionStmt,
    Import,
    ImportFrom,
    IndexExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    RefExpr,
    StrExpr,
    SymbolNode,
    TypeInfo,
    Var,
)
from mypy.types import CallableType, Instance, LiteralType, get_proper_type
from mypy.util import correct_relative_import

from dbos_lint.mypy_decorated import statements

ENTRY = "workflow_name"
_REGISTRY = "dbos.registry.Registry"
_STUBS = frozenset({"stub", "static_stub", "class_stub", "instance_stub"})


def signature_of(tree: MypyFile, modules: Mapping[str, MypyFile], name: str) -> CallableType | None:
    """The parameters and the result of a workflow; None where not exactly one stub has its name."""
    found = [
        signature
        for module in _registries(tree, modules)
        for owner, function in _stubs(module.path).get(name, ())
        if (signature := _signature(module, owner, function)) is not None
    ]
    return found[0] if len(found) == 1 else None


def named_in(options: Expression, tree: MypyFile) -> str | None:
    """The workflow that options for enqueueing name, written in place or assigned once before."""
    if isinstance(options, NameExpr):
        written = _assigned(options, tree)
        return named_in(written, tree) if written is not None else None
    if isinstance(options, DictExpr):
        given = [
            value for key, value in options.items if isinstance(key, StrExpr) and key.value == ENTRY
        ]
    elif isinstance(options, CallExpr):
        pairs = zip(options.arg_names, options.args, strict=True)
        given = [value for key, value in pairs if key == ENTRY]
    else:
        return None
    return text_of(given[0]) if len(given) == 1 else None


def named_for(made: Expression, owner: str, parameter: str, tree: MypyFile) -> str | None:
    """The workflow that options name which an object was made with, in place or assigned once.

    `owner` is the full name of its class, whose second parameter takes them.
    """
    if isinstance(made, NameExpr):
        found = _assigned(made, tree, is_changed_by_methods=False)
        return named_for(found, owner, parameter, tree) if found is not None else None
    if not isinstance(made, CallExpr) or not isinstance(made.callee, RefExpr):
        return None
    node = made.callee.node
    if not isinstance(node, TypeInfo) or node.fullname != owner:
        return None
    if parameter in made.arg_names:
        given = made.args[made.arg_names.index(parameter)]
    elif len(made.args) > 1 and made.arg_kinds[:2] == [ARG_POS, ARG_POS]:
        given = made.args[1]
    else:
        return None
    return named_in(given, tree)


def text_of(given: Expression) -> str | None:
    """The text of a literal, or of a name that is declared to be one."""
    if isinstance(given, StrExpr):
        return given.value
    node = given.node if isinstance(given, RefExpr) else None
    known = get_proper_type(node.type) if isinstance(node, Var) and node.is_final else None
    if isinstance(known, Instance):
        known = known.last_known_value
    is_text = isinstance(known, LiteralType) and isinstance(known.value, str)
    return str(known.value) if is_text and isinstance(known, LiteralType) else None


def _assigned(
    name: NameExpr, tree: MypyFile, *, is_changed_by_methods: bool = True
) -> Expression | None:
    """What stands in a variable; None where it is assigned more than once or changed."""
    found: list[Expression] = []
    for each in statements(tree):
        if isinstance(each, AssignmentStmt):
            for target in each.lvalues:
                if _is(target, name.node) and not isinstance(each.rvalue, NameExpr):
                    found.append(each.rvalue)
                elif _is(target, name.node) or _changes(target, name.node):
                    return None
        elif (
            is_changed_by_methods
            and isinstance(each, ExpressionStmt)
            and isinstance(each.expr, CallExpr)
        ):
            callee = each.expr.callee
            if isinstance(callee, MemberExpr) and _is(callee.expr, name.node):
                return None
    return found[0] if len(found) == 1 else None


def _is(given: Expression, node: SymbolNode | None) -> bool:
    return isinstance(given, NameExpr) and given.node is node


def _changes(target: Expression, node: SymbolNode | None) -> bool:
    """Whether an assignment puts another workflow into options, or what may be one."""
    if not isinstance(target, IndexExpr) or not _is(target.base, node):
        return False
    return not isinstance(target.index, StrExpr) or target.index.value == ENTRY


def _registries(tree: MypyFile, modules: Mapping[str, MypyFile]) -> Iterator[MypyFile]:
    """The generated registries among what a module imports."""
    for name in sorted(set(_imported(tree))):
        module = modules.get(name)
        symbol = module.names.get("registry") if module is not None else None
        node = symbol.node if symbol is not None else None
        if module is None or not isinstance(node, Var):
            continue
        known = get_proper_type(node.type)
        is_registry = isinstance(known, Instance) and known.type.fullname == _REGISTRY
        if is_registry and node.fullname == f"{name}.registry":
            yield module


def _imported(tree: MypyFile) -> Iterator[str]:
    """The full names of what may be modules among the imports of one."""
    for each in tree.imports:
        if isinstance(each, Import):
            yield from (name for name, _ in each.ids)
        elif isinstance(each, ImportFrom):
            is_package = tree.is_package_init_file()
            base, _ = correct_relative_import(tree.fullname, each.relative, each.id, is_package)
            yield base
            yield from (f"{base}.{name}" for name, _ in each.names)


@lru_cache(maxsize=8)
def _read(path: str, _stamp: tuple[int, int]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The stubs in a file of a registry by the names of their workflows: class and function."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for statement in tree.body:
        owner, inside = "", [statement]
        if isinstance(statement, ast.ClassDef):
            owner, inside = statement.name, statement.body
        for each in inside:
            if isinstance(each, ast.FunctionDef):
                for name in _names(each):
                    found[name] = (*found.get(name, ()), (owner, each.name))
    return found


def _stubs(path: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The same for a file as it is now; nothing for one that cannot be read."""
    try:
        status = Path(path).stat()
        return _read(path, (status.st_mtime_ns, status.st_size))
    except (OSError, ValueError, SyntaxError, RecursionError):
        return {}


def _names(function: ast.FunctionDef) -> Iterator[str]:
    """The workflow that a function in a registry stands for."""
    for each in function.decorator_list:
        match each:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="registry"), attr=attribute),
                args=[ast.Constant(value=str(name))],
            ) if attribute in _STUBS:
                yield name


def _signature(module: MypyFile, owner: str, function: str) -> CallableType | None:
    """The signature of a stub, without the `self` of methods."""
    names = module.names
    if owner:
        symbol = names.get(owner)
        if symbol is None or not isinstance(symbol.node, TypeInfo):
            return None
        names = symbol.node.names
    found = names.get(function)
    made = found.node.func.type if found and isinstance(found.node, Decorator) else None
    if not isinstance(made, CallableType) or not owner:
        return made if isinstance(made, CallableType) else None
    return made.copy_modified(
        arg_types=made.arg_types[1:], arg_kinds=made.arg_kinds[1:], arg_names=made.arg_names[1:]
    )
