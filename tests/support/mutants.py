"""Mutants: every small change to a piece of code that changes what it does.

A mutation operator is a function from a node to mutants; all of them stand in one table. Changes
that keep the meaning are left out by construction: annotations and docstrings are not touched,
`pass` stays, alternatives (`case 1 | 2`, `except (A, B)`) and sets keep their order, and statements
are exchanged only when the second reads what the first one binds.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

_OPERATORS: Mapping[type[ast.AST], type[ast.AST]] = MappingProxyType(
    {
        ast.Add: ast.Sub,
        ast.Sub: ast.Add,
        ast.Mult: ast.Add,
        ast.Div: ast.FloorDiv,
        ast.Mod: ast.Mult,
        ast.LShift: ast.RShift,
        ast.MatMult: ast.Mult,
        ast.Gt: ast.GtE,
        ast.GtE: ast.Gt,
        ast.Lt: ast.LtE,
        ast.LtE: ast.Lt,
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.Is: ast.IsNot,
        ast.IsNot: ast.Is,
        ast.In: ast.NotIn,
        ast.NotIn: ast.In,
        ast.And: ast.Or,
        ast.Or: ast.And,
        ast.Not: ast.Invert,
        ast.Invert: ast.Not,
        ast.USub: ast.UAdd,
    }
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Change = tuple[ast.AST, str, object]
"""A node, the name of a field, and the value that the field gets."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a tree: the operator that made it, the line it is on, and what it sets."""

    operator: str
    line: int
    changes: tuple[Change, ...]

    def text(self, tree: ast.AST) -> str | None:
        """The tree's text with this change, None when that is no program; the tree stays."""
        old = [(node, field, getattr(node, field)) for node, field, _ in self.changes]
        for node, field, value in self.changes:
            setattr(node, field, value)
        try:
            text = ast.unparse(tree)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        except (SyntaxError, ValueError, AttributeError, IndexError):
            return None
        finally:
            for node, field, value in reversed(old):
                setattr(node, field, value)
        return text


def mutants(tree: ast.AST, names: Sequence[str] = ()) -> Iterator[Mutant]:
    """Every mutant of a tree; `names` are other names that code there can read."""
    skipped = set(_left_alone(tree))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        for operator, find in OPERATORS.items():
            for changes in find(node, names):
                if not any(value is target for _, _, value in changes for target in skipped):
                    yield Mutant(operator, getattr(node, "lineno", 0), tuple(changes))


def _left_alone(tree: ast.AST) -> Iterator[ast.AST]:
    """Annotations, docstrings and what makes a function durable, with everything below them."""
    for node in ast.walk(tree):
        roots: list[ast.AST | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
            roots.append(getattr(node, "returns", None))
            decorators = getattr(node, "decorator_list", [])
            roots += [each for each in decorators if "DBOS." in ast.unparse(each)]
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                roots.append(first)
        for root in roots:
            if root is not None:
                yield from ast.walk(root)


Found = Iterator[tuple[Change, ...]]


def _value_of_a_constant(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Constant) and node.value is not None:
        yield ((node, "value", other_constant(node.value)),)


def _type_of_a_constant(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.Constant(value=bool() as value):
            yield ((node, "value", int(value)),)
        case ast.Constant(value=0 | 1 as value) if type(value) is int:
            yield ((node, "value", bool(value)),)
        case ast.Constant(value=int() as value):
            yield ((node, "value", float(value)),)
        case ast.Constant(value=None):
            yield ((node, "value", False),)


def other_constant(value: object) -> object:
    """Another constant of the same type."""
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case bytes():
            return value + b"x"
        case int() | float() | complex():
            return value + 1
    return 0  # Ellipsis


def _operator(node: ast.AST, names: Sequence[str]) -> Found:
    for field in ("op", "ops"):
        value = getattr(node, field, None)
        if isinstance(value, ast.AST) and type(value) in _OPERATORS:
            yield ((node, field, _OPERATORS[type(value)]()),)
        elif isinstance(value, list):
            for index, each in enumerate(value):
                if type(each) in _OPERATORS:
                    other = [*value[:index], _OPERATORS[type(each)](), *value[index + 1 :]]
                    yield ((node, field, other),)


def _operands_exchanged(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.BinOp(left=left, right=right) if ast.dump(left) != ast.dump(right):
            yield ((node, "left", right), (node, "right", left))
        case ast.BoolOp(values=[first, second, *rest]) if ast.dump(first) != ast.dump(second):
            yield ((node, "values", [second, first, *rest]),)


def _condition_negated(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case (
            ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test)
        ):
            yield ((node, "test", ast.UnaryOp(ast.Not(), test)),)
        case ast.comprehension(ifs=[test, *rest]):
            yield ((node, "ifs", [ast.UnaryOp(ast.Not(), test), *rest]),)


def _other_name(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for name in ("name_from_nowhere", *names):
            if name != node.id:
                yield ((node, "id", name),)


def _attribute(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Attribute):
        yield ((node, "attr", node.attr + "_changed"),)


def _keyword(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.keyword):
        if node.arg is not None:
            yield ((node, "arg", node.arg + "_changed"),)
        else:
            yield ((node, "arg", "given"),)


def _arguments_of_a_call(node: ast.AST, names: Sequence[str]) -> Found:
    if not isinstance(node, ast.Call):
        return
    for field, given in (("args", node.args), ("keywords", node.keywords)):
        for index in range(len(given)):
            yield ((node, field, [*given[:index], *given[index + 1 :]]),)
    args = node.args
    for index in range(len(args) - 1):
        one, other = args[index], args[index + 1]
        if ast.dump(one) != ast.dump(other):
            yield ((node, "args", [*args[:index], other, one, *args[index + 2 :]]),)


def _argument_added(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Call) and not any(isinstance(each, ast.Starred) for each in node.args):
        yield ((node, "args", [*node.args, ast.Constant(12345)]),)


def _call_left_out(node: ast.AST, names: Sequence[str]) -> Found:
    """The value of a call's first argument in its place."""
    for field, value in ast.iter_fields(node):
        match value:
            case ast.Call(args=[ast.expr() as first, *_]) if not isinstance(first, ast.Starred):
                if not isinstance(node, ast.Expr):
                    yield ((node, field, first),)


def _item_left_out(node: ast.AST, names: Sequence[str]) -> Found:
    """One item fewer in a display, a `with`, a chain of conditions, or the targets of `del`."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items) if len(items) > 1:
            for index in range(len(items)):
                yield ((node, "elts", [*items[:index], *items[index + 1 :]]),)
        case ast.Dict(keys=keys, values=values):
            for index in range(len(keys)):
                yield (
                    (node, "keys", [*keys[:index], *keys[index + 1 :]]),
                    (node, "values", [*values[:index], *values[index + 1 :]]),
                )
        case ast.With(items=items) | ast.AsyncWith(items=items) if len(items) > 1:
            for index in range(len(items)):
                yield ((node, "items", [*items[:index], *items[index + 1 :]]),)
        case ast.comprehension(ifs=tests) if tests:
            yield ((node, "ifs", tests[1:]),)


def _items_exchanged(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.List(elts=[one, other, *rest]) | ast.Tuple(elts=[one, other, *rest]):
            differ = ast.dump(one) != ast.dump(other)
            if isinstance(node.ctx, ast.Load) and differ and not _is_alternative(node):
                yield ((node, "elts", [other, one, *rest]),)


def _is_alternative(node: ast.List | ast.Tuple) -> bool:
    """Whether a tuple holds classes of exceptions, in whatever order."""
    return all(isinstance(each, ast.Name) and each.id[:1].isupper() for each in node.elts)


_BODIES = ("body", "orelse", "finalbody")


def _statement_left_out(node: ast.AST, names: Sequence[str]) -> Found:
    for field in _BODIES:
        body = getattr(node, field, None)
        if not isinstance(body, list):
            continue
        for index, each in enumerate(body):
            if isinstance(each, ast.Pass | ast.Import | ast.ImportFrom) or _stands_alone(
                node, each
            ):
                continue
            shorter = [*body[:index], *body[index + 1 :]]
            yield ((node, field, shorter or ([ast.Pass()] if field == "body" else [])),)


def _stands_alone(parent: ast.AST, statement: ast.stmt) -> bool:
    """Whether a definition is one of a class or module: without it, what uses it changes."""
    is_definition = isinstance(statement, (*_FUNCTIONS, ast.ClassDef))
    return is_definition and isinstance(parent, ast.Module | ast.ClassDef)


def _statements_exchanged(node: ast.AST, names: Sequence[str]) -> Found:
    for field in _BODIES:
        body = getattr(node, field, None)
        if not isinstance(body, list):
            continue
        for index in range(len(body) - 1):
            one, other = body[index], body[index + 1]
            if _bound(one) & _read(other):
                exchanged = [*body[:index], other, one, *body[index + 2 :]]
                yield ((node, field, exchanged),)


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return set()
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _read(node: ast.stmt) -> set[str]:
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return set()
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }


def _else_moved(node: ast.AST, names: Sequence[str]) -> Found:
    """Statements of an `else` behind the loop's body, and the two ways of a branch exchanged."""
    match node:
        case ast.If(body=body, orelse=[_, *_] as orelse):
            if [ast.dump(each) for each in body] != [ast.dump(each) for each in orelse]:
                yield ((node, "body", orelse), (node, "orelse", body))
        case (
            ast.For(body=body, orelse=[_, *_] as orelse)
            | ast.While(body=body, orelse=[_, *_] as orelse)
        ):
            yield ((node, "body", [*body, *orelse]), (node, "orelse", []))
        case ast.Try(body=body, orelse=[_, *_] as orelse):
            yield ((node, "body", [*body, *orelse]), (node, "orelse", []))


def _jump(node: ast.AST, names: Sequence[str]) -> Found:
    for field in _BODIES:
        body = getattr(node, field, None)
        if not isinstance(body, list):
            continue
        for index, each in enumerate(body):
            if isinstance(each, ast.Break | ast.Continue):
                other = ast.Continue() if isinstance(each, ast.Break) else ast.Break()
                yield ((node, field, [*body[:index], other, *body[index + 1 :]]),)


def _returned(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
        yield ((node, "value", ast.Tuple([node.value], ast.Load())),)
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ((node, "value", None),)


def _failure(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.ExceptHandler(type=ast.expr() as kind, name=name):
            yield ((node, "type", ast.Tuple([kind, ast.Name("OSError")], ast.Load())),)
            yield ((node, "type", ast.Name("Exception")),)
            if name is not None:
                yield ((node, "name", None),)
        case ast.Raise(cause=ast.expr()):
            yield ((node, "cause", None),)
        case ast.Try(handlers=[_, _, *_] as handlers):
            yield ((node, "handlers", handlers[1:]),)
        case ast.Try(handlers=[_], finalbody=[_, *_]):
            yield ((node, "handlers", []), (node, "orelse", []))


def _parameters(node: ast.AST, names: Sequence[str]) -> Found:
    if not isinstance(node, ast.arguments):
        return
    defaults = node.defaults
    if defaults and len(defaults) <= len(node.args) + len(node.posonlyargs):
        yield ((node, "defaults", defaults[1:]),)
    yield ((node, "args", [*node.args, ast.arg("added_parameter")]), (node, "defaults", []))
    if node.kwonlyargs and node.vararg is None:
        yield (
            (node, "args", [*node.args, *node.kwonlyargs]),
            (node, "kwonlyargs", []),
            (node, "kw_defaults", []),
            (node, "defaults", []),
        )
    if node.vararg is not None:
        yield ((node, "vararg", None),)
    if node.kwarg is not None:
        yield ((node, "kwarg", None),)


def _pattern(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.Match(cases=[_, _, *_] as cases):
            yield ((node, "cases", cases[1:]),)
        case ast.match_case(guard=ast.expr()):
            yield ((node, "guard", None),)
        case ast.match_case(pattern=pattern, guard=None) if not isinstance(pattern, ast.MatchAs):
            yield ((node, "guard", ast.Name("a")),)
        case ast.MatchOr(patterns=[_, _, _, *_] as patterns):
            yield ((node, "patterns", patterns[1:]),)
        case ast.MatchClass(cls=ast.Name() as cls):
            yield ((node, "cls", ast.Name(f"{cls.id}_other")),)
        case ast.MatchMapping(rest=str()):
            yield ((node, "rest", None),)


def _text_in_a_string(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.FormattedValue(conversion=conversion):
            yield ((node, "conversion", 97 if conversion != 97 else 115),)
        case ast.JoinedStr(values=[_, _, *_] as values):
            yield ((node, "values", values[1:]),)


def _iteration(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.comprehension(is_async=0, iter=source) | ast.For(iter=source):
            yield ((node, "iter", ast.Call(ast.Name("list"), [source], [])),)


def _bounds(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.Slice):
        for field in ("lower", "upper", "step"):
            if getattr(node, field) is not None:
                yield ((node, field, None),)


def _scope(node: ast.AST, names: Sequence[str]) -> Found:
    match node:
        case ast.Nonlocal(names=[name]):
            yield ((node, "names", [f"{name}_other"]),)
        case ast.Global(names=[name]):
            yield ((node, "names", [f"{name}_other"]),)


def _decorators(node: ast.AST, names: Sequence[str]) -> Found:
    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return
    kept = [each for each in node.decorator_list if "DBOS." in ast.unparse(each)]
    if len(kept) < len(node.decorator_list):
        yield ((node, "decorator_list", kept),)
    yield ((node, "decorator_list", [*node.decorator_list, ast.Name("wrapped_by")]),)


def _bases(node: ast.AST, names: Sequence[str]) -> Found:
    if isinstance(node, ast.ClassDef):
        yield ((node, "bases", [*node.bases, ast.Name("Mixed")]),)
        if node.bases:
            yield ((node, "bases", node.bases[1:]),)


def _waiting(node: ast.AST, names: Sequence[str]) -> Found:
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.Await):
            yield ((node, field, value.value),)


OPERATORS: Mapping[str, Callable[[ast.AST, Sequence[str]], Found]] = MappingProxyType(
    {
        "value of a constant": _value_of_a_constant,
        "type of a constant": _type_of_a_constant,
        "operator": _operator,
        "operands exchanged": _operands_exchanged,
        "condition negated": _condition_negated,
        "other name": _other_name,
        "attribute": _attribute,
        "keyword": _keyword,
        "arguments of a call": _arguments_of_a_call,
        "argument added": _argument_added,
        "call left out": _call_left_out,
        "item left out": _item_left_out,
        "items exchanged": _items_exchanged,
        "statement left out": _statement_left_out,
        "statements exchanged": _statements_exchanged,
        "else moved": _else_moved,
        "jump": _jump,
        "returned value": _returned,
        "failure": _failure,
        "parameters": _parameters,
        "pattern": _pattern,
        "text in a string": _text_in_a_string,
        "iteration": _iteration,
        "bounds": _bounds,
        "scope": _scope,
        "decorators": _decorators,
        "bases": _bases,
        "waiting": _waiting,
    }
)
"""Every mutation operator, by the name that a report of its mutants uses."""
