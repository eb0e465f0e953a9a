"""local-timezone: a workflow depends on the time zone or locale of the machine.

In: the analysed program. Out: the findings of DBS005. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, External
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, effect_check, noted
from dbos_build.syntax import walk

_BY_EFFECT = effect_check(frozenset({"timezone"}), "uses the time zone or locale of the machine")
_ZONE_POSITION = 7
NAIVE = "the timestamp of a time without a zone depends on the time zone of the machine"


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Conversions that take the machine's zone, and timestamps of times that name none."""
    yield from _BY_EFFECT(rule, program)
    yield from noted(rule, program, ("workflow",), _naive_timestamps)


@per_activation("timestamp")
def _naive_timestamps(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """`datetime(2024, 1, 1).timestamp()`, directly or through a local variable."""
    function = activation.function
    if function is None:
        return
    for node in activation.calls:
        match node:
            case ast.Call(func=ast.Attribute(value=made, attr="timestamp"), args=[]):
                if isinstance(made, ast.Name):
                    made = _only_value(function.node, made.id) or made
                if isinstance(made, ast.Call) and _is_naive(activation, made):
                    yield node, NAIVE


def _only_value(node: ast.AST, name: str) -> ast.expr | None:
    """What a local variable is assigned, if that happens once."""
    values: list[ast.expr | None] = []
    for part in walk(node):
        match part:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                values.append(value)
            case ast.AnnAssign(target=ast.Name(id=bound), value=value) if bound == name:
                values.append(value)
            case ast.Name(id=bound, ctx=ast.Store()) if bound == name:
                values.append(None)
    real = [value for value in values if value is not None]
    return real[0] if len(real) == 1 and len(values) == len(real) + 1 else None


def _is_naive(activation: Activation, node: ast.Call) -> bool:
    """Whether a call surely makes a datetime without a time zone."""
    callee = activation.values.get(node.func, NOTHING)
    names = {atom.name for atom in callee.atoms if isinstance(atom, External)}
    if any(keyword.arg in {None, "tzinfo"} for keyword in node.keywords):
        return False
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return False
    if names == {"datetime.datetime"}:
        return len(node.args) <= _ZONE_POSITION
    if names == {"datetime.datetime.strptime"}:
        form = node.args[1] if len(node.args) > 1 else None
        text = form.value if isinstance(form, ast.Constant) else None
        return isinstance(text, str) and "%z" not in text and "%Z" not in text
    return False


RULE = Rule(
    code="DBS005",
    name="local-timezone",
    severity=Severity.WARNING,
    summary="a workflow depends on the time zone or locale of the machine",
    why=(
        "A workflow may be recovered on another machine, where the same instant has another "
        "hour or date."
    ),
    instead="Name the time zone: datetime.fromtimestamp(ts, tz=UTC), value.astimezone(UTC).",
    bad=(
        """\
from datetime import datetime

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(datetime.fromtimestamp(0).hour)  # flags: DBS005
""",
        """\
from datetime import datetime

from dbos import DBOS


@DBOS.workflow()
def deadline(year: int) -> float:
    end = datetime(year, 12, 31)
    return end.timestamp()  # flags: DBS005
""",
    ),
    good=(
        """\
from datetime import UTC, datetime

from dbos import DBOS


@DBOS.workflow()
def checkout(order_id: str) -> str:
    return str(datetime.fromtimestamp(0, tz=UTC).hour)
""",
        """\
from datetime import UTC, datetime

from dbos import DBOS


@DBOS.workflow()
def deadline(year: int) -> float:
    end = datetime(year, 12, 31, tzinfo=UTC)
    return end.timestamp()
""",
    ),
    check=check,
    looks=(_naive_timestamps,),
)
