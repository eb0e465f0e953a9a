"""misused-queue: a queue is declared or used with options that do not fit.

In: the analysed program. Out: the findings of DBS827. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbos_build.analysis.declarations import Queue
from dbos_build.analysis.program import Program
from dbos_build.analysis.queues import queue_behind
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.api_arguments import wrong_calls, wrong_options
from dbos_build.rules.looks import per_operation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import Survey, survey_of
from dbos_build.syntax import ancestors, every, parents_of

_ENQUEUE = per_operation("dbos.Queue.enqueue")
_OPTIONS = per_operation("dbos.SetEnqueueOptions")
_LIMITER = {"limit", "period"}


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Options of queues that contradict themselves or their use."""

    def found() -> Iterator[Finding]:
        for queue in program.queues:
            message = _declared_wrongly(queue)
            if message is not None:
                yield rule.finding(queue.path, queue.node, f"the queue {queue.name!r} {message}")
        survey = survey_of(program, rule.looks)
        keyed = any(
            keyword.arg == "queue_partition_key"
            for activation, node, _ in survey.everywhere(_OPTIONS)
            if activation.function is not None
            for keyword in node.keywords
            if every(activation.function.node, ast.Yield)
        )
        for activation, node, queue in _enqueued(program, survey):
            message = _used_wrongly(queue, _options(activation, node), keyed=keyed)
            if message is not None:
                text = f"the queue {queue.name!r} {message}"
                yield rule.finding(activation.module.path, node, text)
        yield from wrong_options(rule, program, "queues")

    return once(found())


def _declared_wrongly(queue: Queue) -> str | None:
    """What is wrong with the options of a queue, if anything."""
    options = queue.options or {}
    limiter = options.get("limiter")
    if isinstance(limiter, dict) and set(limiter) != _LIMITER:
        return "needs a limiter with `limit` and `period`, and nothing else"
    whole, each = options.get("concurrency"), options.get("worker_concurrency")
    if isinstance(whole, int) and isinstance(each, int) and each > whole:
        return f"allows more work per process ({each}) than in all ({whole})"
    return None


def _enqueued(program: Program, survey: Survey) -> Iterator[tuple[Activation, ast.Call, Queue]]:
    """The calls that enqueue to a queue whose declaration is known in full."""
    for activation, node, _ in survey.everywhere(_ENQUEUE):
        if isinstance(node.func, ast.Attribute):
            queue = queue_behind(program, activation, node.func.value)
            if queue is not None and queue.options is not None:
                yield activation, node, queue


def _options(activation: Activation, node: ast.Call) -> dict[str, ast.expr] | None:
    """The options set around a call; None when something around it is not understood."""
    given: dict[str, ast.expr] = {}
    if activation.function is None:
        return None
    for outer in ancestors(node, parents_of(activation.function.node)):
        for item in getattr(outer, "items", ()) if isinstance(outer, _WITHS) else ():
            call = item.context_expr
            name = getattr(getattr(call, "func", call), "id", "") or getattr(
                getattr(call, "func", call), "attr", ""
            )
            if not isinstance(call, ast.Call) or any(k.arg is None for k in call.keywords):
                return None
            if "Options" in name:
                for keyword in call.keywords:
                    given.setdefault(str(keyword.arg), keyword.value)
    return given


_WITHS = (ast.With, ast.AsyncWith)


def _used_wrongly(queue: Queue, given: dict[str, ast.expr] | None, *, keyed: bool) -> str | None:
    """What is wrong with enqueueing under some options, if anything."""
    options = queue.options or {}
    if given is None:
        return None
    if _is_partitioned(options):
        if "queue_partition_key" not in given and not keyed:
            return "is partitioned; set queue_partition_key around the call"
    elif "queue_partition_key" in given:
        return "is not partitioned, so it takes no queue_partition_key"
    if "priority" in given and options.get("priority_enabled") is not True:
        return "has no priorities; declare it with priority_enabled=True"
    return None


_PARTITION_LIMITS = ("partition_concurrency", "partition_worker_concurrency", "partition_limiter")


def _is_partitioned(options: Mapping[str, Any]) -> bool:
    """Whether a queue takes work by partition key: any limit per partition makes it so."""
    limited = any(options.get(name) is not None for name in _PARTITION_LIMITS)
    return options.get("partition_queue") is True or limited


RULE = Rule(
    code="DBS827",
    name="misused-queue",
    severity=Severity.ERROR,
    summary="a queue is declared or used with options that do not fit",
    why=(
        "A limiter needs both numbers, a partitioned queue needs a key for every workflow, and "
        "keys and priorities mean nothing to a queue that does not have them enabled: the call "
        "fails when it is made."
    ),
    instead="Declare the queue with the options it is used with.",
    bad=(
        """\
from dbos import DBOS, Queue

users = Queue("users", partition_queue=True)
limited = Queue("limited", limiter={"limit": 5})  # flags: DBS827


@DBOS.workflow()
def child(name: str) -> str:
    return name


def endpoint(name: str) -> None:
    users.enqueue(child, name)  # flags: DBS827
""",
    ),
    good=(
        """\
from dbos import DBOS, Queue, SetEnqueueOptions

users = Queue("users", partition_queue=True)
limited = Queue("limited", limiter={"limit": 5, "period": 60})


@DBOS.workflow()
def child(name: str) -> str:
    return name


def endpoint(name: str) -> None:
    with SetEnqueueOptions(queue_partition_key=name):
        users.enqueue(child, name)
""",
    ),
    check=check,
    looks=(_ENQUEUE, _OPTIONS, wrong_calls),
)
