"""unmatched-topic: a message or event is awaited that nothing in the program sends or sets.

In: the analysed program. Out: the findings of DBS824. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls, texts_of
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import program_activations
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.rule import Rule, once
from dbos_build.spelling import unknown_name

# Operation → which parameter names the topic or key, at which position, and what meets it.
_SENDERS = {"send": ("topic", 2, "topic"), "set_event": ("key", 0, "event")}
_RECEIVERS = {"recv": ("topic", 0, "topic"), "get_event": ("key", 1, "event")}


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Topics and keys that are read and never written, when all that are written are known."""
    activations = list(program_activations(program))
    written: dict[str, set[str]] = {"topic": set(), "event": set()}
    open_ended: set[str] = set()
    for activation in activations:
        for _, kind, names in _ends(activation, _SENDERS):
            written[kind].update(names or ())
            if names is None:
                open_ended.add(kind)

    def found() -> Iterator[Finding]:
        for activation in activations:
            for node, kind, names in _ends(activation, _RECEIVERS):
                known = written[kind]
                if names and known and kind not in open_ended and not known & set(names):
                    message = unknown_name(kind, names[0], known, verb="written")
                    yield rule.finding(activation.module.path, node, message)

    return once(found())


def _ends(
    activation: Activation, operations: dict[str, tuple[str, int, str]]
) -> Iterator[tuple[ast.Call, str, list[str] | None]]:
    """The calls of some operations with the names they use; None when these are not literal."""
    for node, name in api_calls(activation):
        owner, _, tail = name.rpartition(".")
        operation = operations.get(tail.removesuffix("_async"))
        if operation is None or owner not in {"dbos.DBOS", "dbos.DBOSClient"}:
            continue
        parameter, position, kind = operation
        given = next((k.value for k in node.keywords if k.arg == parameter), None)
        if given is None and position < len(node.args):
            given = node.args[position]
        if given is not None:
            yield node, kind, texts_of(activation, given)


RULE = Rule(
    code="DBS824",
    name="unmatched-topic",
    severity=Severity.INFO,
    summary="a message or event is awaited that nothing in the program sends or sets",
    why="The wait ends only at its timeout when the two ends spell a topic or key differently.",
    instead="Share one constant between the sender and the receiver.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout() -> object:
    return DBOS.recv("paymnt")  # flags: DBS824


def webhook(workflow_id: str) -> None:
    DBOS.send(workflow_id, "yes", "payment")
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout() -> object:
    return DBOS.recv("payment")


def webhook(workflow_id: str) -> None:
    DBOS.send(workflow_id, "yes", "payment")
""",
    ),
    check=check,
)
