"""queue-conflict: a queue is declared twice with different options.

In: the analysed program. Out: the findings of DBS811. Never does: look at source text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbos_build.declarations import Queue
from dbos_build.findings import Finding, Severity
from dbos_build.program import Program
from dbos_build.rules.rule import Rule


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

    return list(found())


RULE = Rule(
    code="DBS811",
    name="queue-conflict",
    severity=Severity.ERROR,
    summary="a queue is declared twice with different options",
    why="Which of the limits holds depends on which module is imported last.",
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
    fix=None,
)
