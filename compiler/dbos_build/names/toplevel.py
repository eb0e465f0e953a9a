"""What the top level of a module binds, statement by statement.

In: the tree of a module. Out: `TopLevel`: per name, every statement that may decide its value, with
the conditions around it.
Never: evaluates; descends into functions or classes; counts what only a type checker reads.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dbos_build.names.scopes import Origin, origins, stored_names
from dbos_build.names.symbols import is_typing_only

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True, eq=False)
class TopLevel:
    """The bindings of one module, in order of their statements."""

    tree: ast.Module
    functions: dict[str, list[FunctionNode]] = field(default_factory=dict)
    classes: dict[str, list[ast.ClassDef]] = field(default_factory=dict)
    imports: dict[str, list[Origin]] = field(default_factory=dict)
    assigned: dict[str, list[ast.stmt]] = field(default_factory=dict)
    stars: list[Origin] = field(default_factory=list)

    def binds(self, name: str) -> bool:
        """Whether the module has a binding for `name`."""
        tables = (self.functions, self.classes, self.imports, self.assigned)
        return any(name in table for table in tables)

    def kind(self, name: str) -> str:
        """How a name is bound: `function`, `class`, `import`, or `variable` for all else."""
        if name in self.assigned:
            return "variable"
        imported = set(self.imports.get(name, ()))
        bound = (name in self.functions, name in self.classes, bool(imported))
        if bound.count(True) != 1 or len(imported) > 1 or len(self.classes.get(name, ())) > 1:
            return "variable"
        return "function" if bound[0] else "class" if bound[1] else "import"

    def sole_value(self, name: str) -> ast.expr | None:
        """The expression of a name's only binding, when that is a plain assignment."""
        statements = self.assigned.get(name, [])
        others = (self.functions, self.classes, self.imports)
        if len(statements) != 1 or any(name in table for table in others):
            return None
        match statements[0]:
            case ast.Assign(targets=[ast.Name()], value=value):
                return value
            case ast.AnnAssign(target=ast.Name(), value=value):
                return value
        return None

    def statements(self, name: str) -> list[ast.stmt]:
        """Every statement that may decide the value of `name`, under its conditions."""
        return _relevant(self.tree.body, _decides(name))


def read(tree: ast.Module) -> TopLevel:
    """Return the top level of a module."""
    top = TopLevel(tree)
    for statement in _flat(tree.body):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                top.functions.setdefault(statement.name, []).append(statement)
            case ast.ClassDef():
                top.classes.setdefault(statement.name, []).append(statement)
            case ast.Import() | ast.ImportFrom():
                for name, origin in origins(statement):
                    if name == "*":
                        top.stars.append(origin)
                    else:
                        top.imports.setdefault(name, []).append(origin)
            case _:
                for name in dict.fromkeys(_assigned(statement)):
                    top.assigned.setdefault(name, []).append(statement)
    return top


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a body, those in conditional blocks included, in source order."""
    pending = list(reversed(body))
    while pending:
        statement = pending.pop()
        yield statement
        for block in reversed(_blocks(statement)):
            pending.extend(reversed(block))


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    match statement:
        case ast.If(test=test, body=body, orelse=orelse):
            return [orelse] if is_typing_only(test) else [body, orelse]
        case ast.For() | ast.AsyncFor() | ast.While():
            return [statement.body, statement.orelse]
        case ast.With() | ast.AsyncWith():
            return [statement.body]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in statement.handlers]
            return [statement.body, *handlers, statement.orelse, statement.finalbody]
        case ast.Match():
            return [case.body for case in statement.cases]
    return []


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement itself assigns, not those of its blocks."""
    match statement:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from stored_names(target)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield from stored_names(target)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield from stored_names(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from stored_names(item.optional_vars)
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for part in _own_expressions(statement):
            for node in ast.walk(part):
                if isinstance(node, ast.NamedExpr):
                    yield node.target.id


def _own_expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions that belong to a statement itself, not to the blocks in it."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.withitem):
            yield child.context_expr


def _decides(name: str) -> Callable[[ast.stmt], bool]:
    """Whether one statement by itself may decide the value behind `name`."""

    def decides(statement: ast.stmt) -> bool:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return statement.name == name
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return any(bound == name for bound, _ in origins(statement))
        if name in _assigned(statement):
            return True
        match statement:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                return any(_root(target) == name for target in targets)
            case ast.AugAssign(target=target):
                return _root(target) == name
            case ast.Expr(value=ast.Call() as call):
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                passed = any(isinstance(each, ast.Name) and each.id == name for each in given)
                return passed or (_root(call.func) == name and not isinstance(call.func, ast.Name))
        return False

    return decides


def _root(node: ast.expr) -> str | None:
    """The name that a chain of attributes, subscripts and calls starts with."""
    while True:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case _:
                return None


def _relevant(body: Sequence[ast.stmt], decides: Callable[[ast.stmt], bool]) -> list[ast.stmt]:
    """The deciding statements; a block around one stays, with its condition."""
    kept: list[ast.stmt] = []
    for statement in body:
        if not _blocks(statement):
            if decides(statement):
                kept.append(statement)
            continue
        reduced = _reduced(statement, decides)
        if any(_blocks(reduced)) or decides(statement):
            kept.append(reduced)
    return kept


def _reduced(statement: ast.stmt, decides: Callable[[ast.stmt], bool]) -> ast.stmt:
    """A compound statement with only the deciding statements in its blocks."""

    def reduce(body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return _relevant(body, decides)

    match statement:
        case ast.If(test=test, body=body, orelse=orelse):
            kept = [] if is_typing_only(test) else reduce(body)
            return ast.If(test=test, body=kept, orelse=reduce(orelse))
        case ast.For() | ast.AsyncFor():
            return ast.For(
                target=statement.target,
                iter=statement.iter,
                body=reduce(statement.body),
                orelse=reduce(statement.orelse),
            )
        case ast.While(test=test, body=body, orelse=orelse):
            return ast.While(test=test, body=reduce(body), orelse=reduce(orelse))
        case ast.With() | ast.AsyncWith():
            return ast.With(items=statement.items, body=reduce(statement.body))
        case ast.Try() | ast.TryStar():
            handlers = [
                ast.ExceptHandler(type=each.type, name=each.name, body=reduce(each.body))
                for each in statement.handlers
            ]
            return ast.Try(
                body=reduce(statement.body),
                handlers=handlers,
                orelse=reduce(statement.orelse),
                finalbody=reduce(statement.finalbody),
            )
        case ast.Match(subject=subject, cases=cases):
            arms = [
                ast.match_case(pattern=each.pattern, guard=each.guard, body=reduce(each.body))
                for each in cases
            ]
            return ast.Match(subject=subject, cases=arms)
    return statement
