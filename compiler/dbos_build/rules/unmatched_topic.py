"""unmatched-topic: a message or event is awaited that nothing in the program sends or sets.

In: the analysed program. Out: the findings of DBS824. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls, texts_of
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import forms, per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of
from dbos_build.spelling import unknown_name

# Operation → which parameter names the topic or key, at which position, and what meets it.
_SENDERS = {"send": ("topic", 2, "topic"), "set_event": ("key", 0, "event")}
_RECEIVERS = {"recv": ("topic", 0, "topic"), "get_event": ("key", 1, "event")}


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Topics and keys that are read and never written, when all that are written are known."""
    survey = survey_of(program, rule.looks)
    written: dict[str, set[str]] = {"topic": set(), "event": set()}
    open_ended: set[str] = set()
    for _, _, (operation, names) in survey.everywhere(_ends):
        if operation in _SENDERS:
            kind = _SENDERS[operation][2]
            written[kind].update(names or ())
            if names is None:
                open_ended.add(kind)

    def found() -> Iterator[Finding]:
        for activation, node, (operation, names) in survey.everywhere(_ends):
            kind = _RECEIVERS[operation][2] if operation in _RECEIVERS else ""
            known = written.get(kind)
            if names and known and kind not in open_ended and not known & set(names):
                message = unknown_name(kind, names[0], known, verb="written")
                yield rule.finding(activation.module.path, node, message)

    return once(found())


_OWNERS = ("dbos.DBOS", "dbos.DBOSClient")
_BOTH = _SENDERS | _RECEIVERS
_End = tuple[str, list[str] | None]
"""An operation and the names it uses; None when these are not literal."""


@per_activation(*forms(*(f"{owner}.{name}" for owner in _OWNERS for name in _BOTH)))
def _ends(activation: Activation) -> Iterator[tuple[ast.Call, _End]]:
    """The calls of these operations in one function."""
    for node, name in api_calls(activation):
        owner, _, tail = name.rpartition(".")
        operation = tail.removesuffix("_async")
        if operation not in _BOTH or owner not in _OWNERS:
            continue
        parameter, position, _ = _BOTH[operation]
        given = next((k.value for k in node.keywords if k.arg == parameter), None)
        if given is None and position < len(node.args):
            given = node.args[position]
        if given is not None:
            yield node, (operation, texts_of(activation, given))


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
    looks=(_ends,),
    needs_whole=True,
)
