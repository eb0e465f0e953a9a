"""Where a durable function is written, which is not always where its code is.

In: a declaration. Out: its `Place`: the definition that carries the durable decorator, or the
assignment that applies it. Importing the module of a place registers the function; the wrapper that
another decorator puts around it may live anywhere.
Never: changes what a declaration is called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.names.symbols import Function
from dbos_build.reading.module import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a declaration is written: importing `module` registers it under `qualname`.

    `node` is the function whose code it registers, `home` the module that holds that code.
    `is_decorated` tells a definition under its decorator from one that is registered by a call and
    stays plain under its own name. `line` counts from 1.
    """

    module: Module
    qualname: str
    node: ast.AST
    home: Module
    line: int
    is_decorated: bool


def place(program: Program, declaration: Declaration) -> Place:
    """Return where a declaration is written."""
    entity = declaration.entity
    own = Place(
        module=entity.module,
        qualname=declaration.qualname,
        node=entity.node,
        home=entity.module,
        line=declaration.line,
        is_decorated=True,
    )
    if not isinstance(entity, Function):
        return own
    if any(each is declaration.decorator for each in entity.decorators):
        return own
    elsewhere = _elsewhere(program, declaration, entity)
    return elsewhere or replace(own, is_decorated=bool(entity.decorators))


def _elsewhere(program: Program, declaration: Declaration, entity: Function) -> Place | None:
    """The definition or assignment that the durable decorator is part of."""
    decorator = declaration.decorator
    for module in program.modules:
        for statement, qualname in _statements(module):
            if isinstance(statement, _FUNCTIONS):
                if any(each is decorator for each in statement.decorator_list):
                    return Place(
                        module=module,
                        qualname=qualname,
                        node=statement,
                        home=module,
                        line=statement.lineno,
                        is_decorated=True,
                    )
            elif _applies(statement, decorator):
                return Place(
                    module=module,
                    qualname=_target(statement) or declaration.qualname,
                    node=entity.node,
                    home=entity.module,
                    line=statement.lineno,
                    is_decorated=False,
                )
    return None


def _applies(statement: ast.stmt, decorator: ast.AST) -> bool:
    """Whether a plain statement calls the durable decorator."""
    plain = isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr)
    return plain and any(node is decorator for node in ast.walk(statement))


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _statements(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every definition of a module by qualified name, and the statements outside functions."""
    pending: list[tuple[ast.AST, str, bool]] = []
    if module.tree is not None:
        pending.append((module.tree, "", False))
    while pending:
        node, prefix, is_inside = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _FUNCTIONS):
                yield child, prefix + child.name
                pending.append((child, f"{prefix}{child.name}.<locals>.", True))
            elif isinstance(child, ast.ClassDef):
                pending.append((child, f"{prefix}{child.name}.", is_inside))
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                if isinstance(child, ast.stmt) and not is_inside:
                    yield child, prefix
                pending.append((child, prefix, is_inside))
