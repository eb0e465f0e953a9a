"""queue-conflict: a queue is declared twice with different options.

In: the analysed program. Out: the findings of DBS811. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator

from dbos_build.declarations import Queue
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.program import Program
from dbos_build.rules.rule import Rule, every_activation, once
from dbos_build.values import NOTHING, Constant, Mapping


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
        for activation in every_activation(program) if known else ():
            for node, name in _named(activation):
                if name not in known:
                    hint = difflib.get_close_matches(name, known, n=1)
                    more = f"; did you mean {hint[0]!r}?" if hint else ""
                    message = f"no queue is called {name!r}{more}"
                    yield rule.finding(activation.module.path, node, message)

    return once(found())


def _named(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The queue names that clients enqueue to."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        names = [target.name for target in targets if isinstance(target, Boundary)]
        if not any(name.startswith("dbos.DBOSClient.enqueue") for name in names):
            continue
        for atom in activation.values.get(node.args[0], NOTHING).atoms:
            if isinstance(atom, Mapping):
                for inner in dict(atom.items).get("queue_name", NOTHING).atoms:
                    if isinstance(inner, Constant) and isinstance(inner.value, str):
                        yield node, inner.value


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
