"""Ownership: local variables whose object nothing else holds, so that changes to it stay with them.

In: the syntax of a function. Out: the names of its variables that are bound to containers which the
function makes itself and never hands on, and of those that hold numbers or texts only.
Never: looks into other functions; a variable that a nested function sees is nobody's alone.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import TypeGuard

from dbos_build.interpreter.names import parameters


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNCHANGING = _words(
    """
    get items keys values copy index count split rsplit splitlines strip lstrip rstrip lower upper
    title capitalize casefold swapcase format format_map join startswith endswith replace find rfind
    rindex encode decode isdigit isalpha isalnum isnumeric isspace isupper islower partition
    rpartition zfill center ljust rjust removeprefix removesuffix translate expandtabs hex union
    intersection difference symmetric_difference issubset issuperset isdisjoint isoformat strftime
    timestamp date time astimezone weekday isoweekday total_seconds quantize normalize as_tuple
    to_integral_value model_dump model_dump_json model_copy model_validate dict json most_common
    elements info debug warning error exception critical log group groups groupdict span start end
    match search fullmatch findall finditer sub bit_length fromkeys fromisoformat fromtimestamp
    hexdigest digest with_suffix with_name as_posix isidentifier get_workflow_id
    """
)
"""Methods that leave their object as it was, whatever usual class it is of."""
CHANGING = _words(
    """
    append extend insert remove pop clear sort reverse add discard update setdefault popitem
    difference_update intersection_update symmetric_difference_update appendleft popleft extendleft
    """
)
"""Methods of containers that change them."""
_READERS = _words(
    """
    len sum sorted list tuple set dict frozenset min max any all enumerate zip range str repr print
    reversed bool isinstance iter map filter
    """
)
_MAKERS = frozenset({"list", "dict", "set", "sorted", "defaultdict", "Counter", "deque"})
_CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.DictComp, ast.SetComp)
_ITERATORS = _words(
    """
    iter aiter enumerate zip map filter reversed finditer scandir iterdir open reader chain
    from_iterable islice count cycle repeat accumulate batched combinations product permutations
    compress dropwhile takewhile filterfalse groupby pairwise starmap tee zip_longest defaultdict
    """
)
"""What makes an iterator, or a dictionary that changes when something is looked up in it."""
_SCALARS = (ast.JoinedStr, ast.Compare)


def owned_names(node: ast.AST, copied: frozenset[ast.AST]) -> frozenset[str]:
    """The variables of a function that alone hold a container made by it.

    `copied` are expressions whose value is copied by whoever is given it.
    """
    made: set[str] = set()
    others: set[str] = {each.arg for each in _parameters(node)}
    for parent, child in _pairs(node):
        if not isinstance(child, ast.Name):
            continue
        if child in copied:
            continue
        if isinstance(parent, _SCOPES) or not _stays(parent, child):
            others.add(child.id)
        elif isinstance(child.ctx, ast.Store):
            made.add(child.id)
    for _, loop in _pairs(node):
        if isinstance(loop, ast.For | ast.AsyncFor):
            others |= _names(loop.iter) & _changed(loop.body)
    for scope in _inner(node):
        others.update(each.id for each in ast.walk(scope) if isinstance(each, ast.Name))
    return frozenset(made - others)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _changed(body: list[ast.stmt]) -> set[str]:
    """The variables whose containers a loop may change while it goes over them."""
    found: set[str] = set()
    for statement in body:
        for each in ast.walk(statement):
            match each:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                    found.update({name} if method in CHANGING else ())
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                    found.add(name)
                case ast.AugAssign(target=ast.Name(id=name)):
                    found.add(name)
    return found


def scalar_names(node: ast.AST) -> frozenset[str]:
    """The variables of a function that begin as numbers or texts; `+=` gives them a new value."""
    begun: set[str] = set()
    others: set[str] = {each.arg for each in _parameters(node)}
    for parent, child in _pairs(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            match parent:
                case ast.Assign(targets=[_], value=value) if _is_scalar(value):
                    begun.add(child.id)
                case ast.AnnAssign(value=ast.expr() as value) if _is_scalar(value):
                    begun.add(child.id)
                case ast.AugAssign():
                    pass
                case _:
                    others.add(child.id)
    return frozenset(begun - others)


def consumed_names(node: ast.AST) -> frozenset[str]:
    """The variables of a function that may hold something which reading it changes.

    These are iterators, of which whoever goes over them takes something away, and dictionaries
    that make what is looked up.
    """
    found: set[str] = set()
    for _, child in _pairs(node):
        match child:
            case ast.Assign(targets=targets, value=value) if _is_consumed(value):
                for target in targets:
                    found |= _names(target)
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_consumed(value):
                found |= _names(target)
            case ast.NamedExpr(target=target, value=value) if _is_consumed(value):
                found |= _names(target)
    return frozenset(found)


def _is_consumed(value: ast.expr) -> bool:
    """Whether an expression gives, or holds, something that reading it changes."""
    for each in ast.walk(value):
        if isinstance(each, ast.GeneratorExp) and each is value:
            return True
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else ""
            name = each.func.id if isinstance(each.func, ast.Name) else name
            if name in _ITERATORS and (each is value or not isinstance(value, ast.Call)):
                return not isinstance(value, _COMPREHENSIONS)
    return False


def rebound_names(node: ast.AST) -> frozenset[str]:
    """The variables of a function that do not hold one thing from their first assignment on."""
    counts = Counter(each.arg for each in _parameters(node))
    for _, child in _pairs(node):
        match child:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                counts[name] += 1
            case ast.For() | ast.AsyncFor() | ast.While() | ast.comprehension():
                again = {each.id for each in ast.walk(child) if _is_stored(each)}
                counts.update(dict.fromkeys(again, 2))
            case ast.ExceptHandler(name=str(name)):
                counts[name] += 2
            case ast.AugAssign(target=ast.Name(id=name)):
                counts[name] += 2
    for scope in _inner(node):
        for each in ast.walk(scope):
            if isinstance(each, ast.Nonlocal):
                counts.update(dict.fromkeys(each.names, 2))
    return frozenset(name for name, count in counts.items() if count > 1)


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _parameters(node: ast.AST) -> list[ast.arg]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    return parameters(node) if isinstance(node, functions) else []


def _pairs(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node of a function with the one around it, nested functions left out."""
    pending = [(node, child) for child in ast.iter_child_nodes(node)]
    while pending:
        parent, child = pending.pop()
        yield parent, child
        if not isinstance(child, _SCOPES):
            pending.extend((child, inner) for inner in ast.iter_child_nodes(child))


def _inner(node: ast.AST) -> Iterator[ast.AST]:
    """The functions and classes directly inside a function."""
    return (child for _, child in _pairs(node) if isinstance(child, _SCOPES))


def _is_scalar(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return _is_scalar(value.operand)
    if isinstance(value, ast.Constant):
        return True
    return isinstance(value, _SCALARS)


def _stays(parent: ast.AST, name: ast.Name) -> bool:
    """Whether this use of a variable leaves its object with the variable."""
    match parent:
        case ast.Assign(targets=[target], value=value):
            return target is name and _makes(value)
        case ast.AnnAssign(target=target, value=value):
            return target is name and value is not None and _makes(value)
        case ast.AugAssign():
            return parent.target is name
        case ast.Attribute():
            return parent.attr in CHANGING or parent.attr in UNCHANGING
        case ast.Subscript():
            return parent.value is name
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            return parent.iter is name
        case ast.Call():
            return isinstance(parent.func, ast.Name) and parent.func.id in _READERS
        case ast.Compare() | ast.FormattedValue() | ast.If() | ast.While() | ast.Return():
            return True
        case ast.UnaryOp(op=ast.Not()) | ast.Starred():
            return True
    return False


def _makes(value: ast.expr) -> bool:
    """Whether an expression makes a container of its own."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _MAKERS
    return isinstance(value, _CONTAINERS)
