"""unsafe-retry: a retried step does, without a key, what must not happen twice.

In: the analysed program. Out: the findings of DBS818. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Use
from dbos_build.interpreter.values import NOTHING, Constant, Mapping
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, chain_to, once

_POSTING = frozenset(
    f"{package}{owner}.post"
    for package in ("requests", "httpx", "aiohttp", "urllib3")
    for owner in ("", ".Session", ".Client", ".AsyncClient", ".ClientSession")
)
_PAYING = ("stripe.", "braintree.", "paypalrestsdk.", "square.")
_CREATING = frozenset({"create", "sale", "transfer", "create_async"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Posts and payments in steps with retries, when they carry no key."""

    def found() -> Iterator[Finding]:
        for item in program.steps:
            if item.options.get("retries_allowed") is not True:
                continue
            if not isinstance(item.entity, Function):
                continue
            for reached in program.reaches[item.entity].reached:
                for node, name in _repeatable(reached.activation):
                    message = f"`{name}` may happen twice when `{item.name}` is retried"
                    chain = chain_to(reached, node, rule.name)
                    path = reached.activation.module.path
                    yield rule.finding(path, node, message, chain=chain)

    return once(found())


def _repeatable(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The calls of one function that create something and carry no key."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call) or _has_key(activation, node):
            continue
        for target in targets:
            if isinstance(target, Use) and _creates(target.name):
                yield node, target.name


def _creates(name: str) -> bool:
    return name in _POSTING or (name.startswith(_PAYING) and name.rpartition(".")[2] in _CREATING)


def _has_key(activation: Activation, node: ast.Call) -> bool:
    """Whether some argument, or a header, is an idempotency key, or may hold one."""
    for keyword in node.keywords:
        if keyword.arg is None or "idempotency" in keyword.arg:
            return True
        for atom in activation.values.get(keyword.value, NOTHING).atoms:
            if keyword.arg != "headers":
                continue
            if not isinstance(atom, Mapping) or atom.rest.atoms:
                return True
            if any("idempotency" in str(key).lower() for key, _ in atom.items):
                return True
    return any(
        isinstance(atom, Constant) and "idempotency" in str(atom.value).lower()
        for argument in node.args
        for atom in activation.values.get(argument, NOTHING).atoms
    )


RULE = Rule(
    code="DBS818",
    name="unsafe-retry",
    severity=Severity.INFO,
    summary="a retried step does, without a key, what must not happen twice",
    why=(
        "When the answer is lost the step is tried again, and the other side carries the request "
        "out twice."
    ),
    instead="Pass an idempotency key that all attempts share, such as the workflow id.",
    bad=(
        """\
import stripe

from dbos import DBOS


@DBOS.step(retries_allowed=True)
def charge() -> str:
    return stripe.Charge.create(amount=500, currency="eur").id  # flags: DBS818
""",
    ),
    good=(
        """\
import stripe

from dbos import DBOS


@DBOS.step(retries_allowed=True)
def charge(order_id: str) -> str:
    return stripe.Charge.create(amount=500, currency="eur", idempotency_key=order_id).id
""",
    ),
    check=check,
)
