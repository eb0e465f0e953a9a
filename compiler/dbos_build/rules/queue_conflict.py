"""queue-conflict: a queue is declared twice with different options, or not at all.

In: the analysed program. Out: the findings of DBS811. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Queue
from dbos_build.analysis.literals import api_calls, text_argument, text_entry
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import forms, per_activation, per_operation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import Survey, survey_of
from dbos_build.spelling import unknown_name


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Queues of one name with unlike options."""

    def found() -> Iterator[Finding]:
        known: dict[str, Queue] = {}
        for queue in program.queues:
            first = known.setdefault(queue.name, queue)
            if first is not queue and (first.options != queue.options or queue.options is None):
                message = (
                    f"the queue {queue.name!r} is also declared at {first.path}:{first.line}, "
                    "with other options"
                )
                yield rule.finding(queue.path, queue.node, message)
        survey = survey_of(program, rule.looks)
        if not known or not _all_are_named(program, survey):
            return
        for activation, node, name in survey.everywhere(_named):
            if name not in known:
                message = unknown_name("queue", name, known)
                yield rule.finding(activation.module.path, node, message)

    return once(found())


_MADE = per_operation("dbos.Queue", "dbos.DBOS.register_queue")


def _all_are_named(program: Program, survey: Survey) -> bool:
    """Whether the name of every queue is written out."""
    declared = {queue.node for queue in program.queues}
    return all(
        node in declared
        for activation, node, name in survey.everywhere(_MADE)
        if activation.returns.engine is program.engine and not name.endswith("_async")
    )


_LISTS = frozenset(
    f"dbos.{owner}.{name}"
    for owner in ("DBOS", "DBOSClient")
    for name in ("list_workflows", "list_queued_workflows")
)


@per_activation(*forms("dbos.DBOSClient.enqueue", "dbos.DBOS.enqueue_workflow", *_LISTS))
def _named(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The queue names that calls use as text."""
    for node, api in api_calls(activation):
        plain = api.removesuffix("_async")
        given = None
        if plain == "dbos.DBOSClient.enqueue":
            given = text_entry(activation, node, 0, "queue_name")
        elif plain == "dbos.DBOS.enqueue_workflow":
            given = text_argument(activation, node, "queue_name", 0)
        elif plain in _LISTS:
            given = text_argument(activation, node, "queue_name")
        if given is not None:
            yield node, given


RULE = Rule(
    code="DBS811",
    name="queue-conflict",
    severity=Severity.ERROR,
    summary="a queue is declared twice with different options, or not at all",
    why=(
        "Which of the limits holds depends on which module is imported last, and nobody works on a "
        "queue that is not declared."
    ),
    instead="Declare the queue once and import it.",
    bad=(
        """\
from dbos import Queue

first = Queue("orders", concurrency=1)
second = Queue("orders", concurrency=2)  # flags: DBS811
""",
    ),
    good=(
        """\
from dbos import Queue

orders = Queue("orders", concurrency=1)
mails = Queue("mails", concurrency=2)
""",
    ),
    check=check,
    looks=(_MADE, _named),
    needs_whole=True,
)
