"""The methods that Python calls without their names being written: `a + b` calls `__add__`.

In: a syntax node. Out: the special methods it may call, and the operands it may call them on.
Never: decides what the operands are.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

_BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
_UNARY: Mapping[type[ast.unaryop], tuple[str, ...]] = {
    ast.USub: ("__neg__",),
    ast.UAdd: ("__pos__",),
    ast.Invert: ("__invert__",),
    ast.Not: ("__bool__", "__len__"),
}
_COMPARISONS: Mapping[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("__eq__",),
    ast.NotEq: ("__ne__", "__eq__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"),
    ast.In: ("__contains__", "__iter__", "__eq__"),
    ast.NotIn: ("__contains__", "__iter__", "__eq__"),
}
_TRUTH = ("__bool__", "__len__")
_ITERATION = ("__iter__", "__next__", "__getitem__")
_MEMBERSHIP = ("__hash__", "__eq__")
_ORDER = ("__lt__", "__gt__", "__eq__", "__hash__")
_BUILTINS: Mapping[str, tuple[str, ...]] = {
    "abs": ("__abs__",),
    "all": (*_ITERATION, *_TRUTH),
    "any": (*_ITERATION, *_TRUTH),
    "bool": _TRUTH,
    "bytes": ("__bytes__", *_ITERATION),
    "dict": (*_ITERATION, "__hash__", "__eq__"),
    "enumerate": _ITERATION,
    "filter": (*_ITERATION, *_TRUTH),
    "float": ("__float__", "__index__"),
    "format": ("__format__", "__str__"),
    "frozenset": (*_ITERATION, "__hash__", "__eq__"),
    "hash": ("__hash__",),
    "int": ("__int__", "__index__", "__trunc__"),
    "iter": _ITERATION,
    "len": ("__len__",),
    "list": (*_ITERATION, "__len__"),
    "map": _ITERATION,
    "max": (*_ITERATION, *_ORDER),
    "min": (*_ITERATION, *_ORDER),
    "next": ("__next__",),
    "print": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "reversed": ("__reversed__", "__len__", "__getitem__"),
    "round": ("__round__",),
    "set": (*_ITERATION, "__hash__", "__eq__"),
    "sorted": (*_ITERATION, *_ORDER),
    "str": ("__str__", "__repr__"),
    "sum": (*_ITERATION, "__add__", "__radd__"),
    "tuple": _ITERATION,
    "zip": _ITERATION,
}


ANYTHING = tuple(
    sorted({name for names in _BUILTINS.values() for name in names})
    + sorted(f"__{side}{name}__" for name in _BINARY.values() for side in ("", "r"))
)
"""What code outside of the project may call on the objects that it is handed."""
_FORMATTING = ("__format__", "__str__", "__repr__")


def implicit(node: ast.AST) -> tuple[tuple[str, ...], Sequence[ast.expr]]:
    """Return the special methods that evaluating a node may call, and on which operands."""
    match node:
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator), (left, right)
        case ast.AugAssign(target=target, op=operator, value=value):
            name = _BINARY[type(operator)]
            return (f"__i{name}__", *_binary(operator)), (target, value)
        case ast.UnaryOp(op=sign, operand=operand):
            return _UNARY[type(sign)], (operand,)
        case ast.Compare(left=left, ops=operators, comparators=others):
            names = [name for each in operators for name in _COMPARISONS.get(type(each), ())]
            return tuple(dict.fromkeys(names)), (left, *others)
        case ast.Subscript(value=value):
            return ("__getitem__", "__setitem__", "__delitem__"), (value,)
        case ast.Set(elts=items):
            return _MEMBERSHIP, items
        case ast.Dict(keys=keys):
            return _MEMBERSHIP, [key for key in keys if key is not None]
        case ast.FormattedValue(value=value):
            return ("__format__", "__str__", "__repr__"), (value,)
        case ast.Call():
            return _call(node)
    return _block(node)


def _call(node: ast.Call) -> tuple[tuple[str, ...], Sequence[ast.expr]]:
    """The same for calls of built-in functions, of methods of texts, and of objects."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    match node.func:
        case ast.Name(id=name) if name in _BUILTINS:
            passed = [each.id for each in given if isinstance(each, ast.Name)]
            names = [special for each in (name, *passed) for special in _BUILTINS.get(each, ())]
            return tuple(dict.fromkeys(names)), given
        case ast.Attribute(attr="format" | "format_map" | "join"):
            return _FORMATTING, given
        case ast.Name() | ast.Call() | ast.Subscript():
            return ("__call__",), (node.func,)
    return (), ()


def _block(node: ast.AST) -> tuple[tuple[str, ...], Sequence[ast.expr]]:
    """The same for conditions, loops and contexts."""
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return _TRUTH, (test,)
        case ast.Assert(test=test):
            return _TRUTH, (test,)
        case ast.BoolOp(values=values):
            return _TRUTH, values
        case ast.For(iter=source) | ast.Starred(value=source) | ast.YieldFrom(value=source):
            return _ITERATION, (source,)
        case ast.AsyncFor(iter=source):
            return ("__aiter__", "__anext__"), (source,)
        case ast.With(items=items):
            return ("__enter__", "__exit__"), [each.context_expr for each in items]
        case ast.AsyncWith(items=items):
            return ("__aenter__", "__aexit__"), [each.context_expr for each in items]
        case ast.Await(value=value):
            return ("__await__",), (value,)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            sources = [generator.iter for generator in node.generators]
            kept = _MEMBERSHIP if isinstance(node, ast.SetComp | ast.DictComp) else ()
            return (*_ITERATION, *_TRUTH, "__aiter__", "__anext__", *kept), sources
    return (), ()


def _binary(operator: ast.operator) -> tuple[str, ...]:
    """The methods of an operator; `%` also fills values into a text."""
    name = _BINARY[type(operator)]
    own = (f"__{name}__", f"__r{name}__")
    return (*own, *_FORMATTING) if isinstance(operator, ast.Mod) else own
