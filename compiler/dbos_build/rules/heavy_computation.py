"""heavy-computation: a workflow computes for long, and does it again at every recovery.

In: the analysed program. Out: the findings of DBS708. Never does: run code; only loops over ranges
of known length count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, Constant, External
from dbos_build.rules.coroutines import does_work
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, flags_in

TURNS_MAX = 5_000_000
_POWER_MAX = 64
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@per_activation("builtins.range", is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The heavy loops of one function."""
    function = activation.function
    if function is not None:
        body = function.node.body
        for statement in body if isinstance(body, list) else [body]:
            yield from _heavy(activation, statement, 1)


def _heavy(activation: Activation, node: ast.AST, turns: int) -> Iterator[tuple[ast.AST, str]]:
    """The outermost loops at which the number of turns, all loops around them counted, is high."""
    if isinstance(node, _SCOPES):
        return
    inside = turns
    if isinstance(node, ast.For | ast.AsyncFor):
        inside *= _length(activation, node.iter)
    elif isinstance(node, _COMPREHENSIONS):
        for generator in node.generators:
            inside *= _length(activation, generator.iter)
    if inside > turns and inside >= TURNS_MAX:
        if not does_work(activation, [node]):
            yield node, f"{inside:,} turns are computed again at every recovery"
        return
    for child in ast.iter_child_nodes(node):
        yield from _heavy(activation, child, inside)


def _length(activation: Activation, iterable: ast.expr) -> int:
    """How many turns a loop over this takes, as far as that is known; at least 1."""
    match iterable:
        case ast.Call(func=func, args=arguments) if 1 <= len(arguments) <= 3:
            atoms = activation.values.get(func, NOTHING).atoms
            if not atoms or not all(
                isinstance(atom, External) and atom.name == "builtins.range" for atom in atoms
            ):
                return 1
            numbers = [_number(activation, argument) for argument in arguments]
            known = [number for number in numbers if number is not None]
            if len(known) == len(numbers) and (len(known) < 3 or known[2] != 0):
                return max(1, _count(range(*known)))
    return 1


def _count(numbers: range) -> int:
    """The length of a range of any size."""
    span = numbers.stop - numbers.start
    return max(0, -(-span // numbers.step))


def _number(activation: Activation, node: ast.expr) -> int | None:
    """The whole number that an expression always is, if it is one."""
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _number(activation, operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _number(activation, left), _number(activation, right)
            return None if one is None or other is None else _computed(one, op, other)
    atoms = activation.values.get(node, NOTHING).atoms
    if len(atoms) == 1:
        (atom,) = atoms
        if isinstance(atom, Constant) and isinstance(atom.value, int):
            return atom.value
    return None


def _computed(one: int, op: ast.operator, other: int) -> int | None:
    match op:
        case ast.Mult():
            return one * other
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Pow() if 0 <= other <= _POWER_MAX and abs(one) <= _POWER_MAX:
            return int(one**other)
    return None


RULE = Rule(
    code="DBS708",
    name="heavy-computation",
    severity=Severity.INFO,
    summary="a workflow computes for long",
    why="A recovered run computes all of it again before it reaches its next step.",
    instead="Compute in a step, whose result is recorded.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout() -> int:
    total = 0
    for number in range(20_000_000):  # flags: DBS708
        total += number
    return total
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def add_up() -> int:
    total = 0
    for number in range(20_000_000):
        total += number
    return total


@DBOS.workflow()
def checkout() -> int:
    return add_up()
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
