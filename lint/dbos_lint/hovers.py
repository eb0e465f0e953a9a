"""What an editor says about the durable function or the queue under the cursor.

In: a result and a place. Out: Markdown, or None. Never does: analysis; versions, effects and flows
are the compiler's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from dbos_build import versions
from dbos_build.analysis.declarations import Declaration, Queue, Schedule
from dbos_build.analysis.effects import Reach
from dbos_build.analysis.program import Program
from dbos_build.interpreter.machine import Boundary
from dbos_build.names.symbols import Function
from dbos_build.reading.columns import character_column
from dbos_build.versions import WorkflowVersion
from dbos_lint import schedules
from dbos_lint.positions import lines_of
from dbos_lint.project import Result

EFFECTS_MAX = 8
PARTS_MAX = 12
WAITS_MAX = 4
LONGEST_INTERVAL_SECONDS = 3600.0
"""What the runtime waits at most between two attempts when nothing else is set."""
_RETRYING = frozenset(
    ["backoff_rate", "interval_seconds", "max_attempts", "max_interval_seconds", "retries_allowed"]
)
EFFECTS: Mapping[str, str] = MappingProxyType(
    {
        "blocking": "blocks",
        "clock": "reads a clock",
        "database": "talks to a database",
        "entropy": "asks for fresh randomness",
        "environment": "reads the environment",
        "file": "works with files",
        "network": "talks to the network",
        "order": "depends on an order that nothing fixes",
        "process": "talks to processes",
        "random": "draws random numbers",
        "stdio": "prints or reads a terminal",
        "thread": "starts threads",
    }
)
"""Effect → what a workflow does that has it."""


def version_of(program: Program, declaration: Declaration) -> WorkflowVersion | None:
    """The version of a workflow, computed once; None where there is no code to make it of."""
    if reach_of(program, declaration) is None:
        return None
    known: dict[tuple[str, str, int], WorkflowVersion]
    known = program.engine.memo.setdefault("versions for editors", {})
    key = (declaration.name, declaration.path, declaration.line)
    if key not in known:
        known[key] = versions.of(program, declaration)
    return known[key]


def at(result: Result, path: str, line: int, column: int, now: datetime) -> str | None:
    """What there is to say about a place at a moment.

    Line and column count from 1, in characters.
    """
    for queue in result.program.queues:
        if queue.path == path and queue.line <= line <= (queue.node.end_lineno or queue.line):
            return _queue(queue)
    schedule = _schedule_at(result, path, line, column)
    if schedule is not None:
        return "\n\n".join(schedules.told(schedule.cron, now)) or None
    spot = declared_at(result, path, line, column)
    return None if spot is None else _function(result.program, spot, now)


def _schedule_at(result: Result, path: str, line: int, column: int) -> Schedule | None:
    """The schedule whose expression stands at a place."""
    text = lines_of(result.texts[path])[line - 1]
    for schedule in result.program.schedules:
        if schedule.path != path:
            continue
        for decorator in schedule.function.decorators:
            first, last = decorator.lineno, decorator.end_lineno or decorator.lineno
            start = text.find(schedule.cron)
            if first <= line <= last and 0 <= start < column <= start + len(schedule.cron) + 1:
                return schedule
    return None


def reach_of(program: Program, declaration: Declaration) -> Reach | None:
    """Everything that a durable function runs; None for a class or what cannot be followed."""
    entity = declaration.entity
    return program.reaches.get(entity) if isinstance(entity, Function) else None


def declared_at(result: Result, path: str, line: int, column: int) -> Declaration | None:
    """The durable function that is declared or called at a place."""
    text = lines_of(result.texts[path])[line - 1]
    for declaration in durable(result.program):
        if declaration.path == path and declaration.line == line:
            name = declaration.qualname.rpartition(".")[2]
            start = text.find(name, character_column(text, declaration.column) - 1) + 1
            if start and start <= column <= start + len(name):
                return declaration
    calls = [
        (node.end_col_offset - node.col_offset if node.end_col_offset else 0, found)
        for node, found in _calls(result.program, path, line)
        if character_column(text, node.col_offset + 1) <= column
        and (
            node.end_lineno != line
            or column <= character_column(text, (node.end_col_offset or 0) + 1)
        )
    ]
    return min(calls, key=lambda each: each[0])[1] if calls else None


def durable(program: Program) -> tuple[Declaration, ...]:
    """Every workflow, step and transaction."""
    return (*program.workflows, *program.steps, *program.transactions)


def _calls(program: Program, path: str, line: int) -> Iterator[tuple[ast.expr, Declaration]]:
    """The functions named in calls of durable functions that begin in a line."""
    seen: set[ast.AST] = set()
    for reach in program.reaches.values():
        for activation in reach.activations():
            if activation.module.path != path:
                continue
            for node, targets in activation.calls.items():
                if not isinstance(node, ast.Call) or node.func.lineno != line or node in seen:
                    continue
                for target in targets:
                    function = target.function if isinstance(target, Boundary) else None
                    declaration = program.declared(function) if function else None
                    if declaration is not None:
                        seen.add(node)
                        yield node.func, declaration


def _function(program: Program, declaration: Declaration, now: datetime) -> str:
    """A durable function: its version, what it reaches, when it is due, and its settings."""
    lines = [f"**{declaration.kind}** `{declaration.name}`"]
    if declaration.kind == "workflow":
        lines += _workflow(program, declaration, now)
    if declaration.kind == "step":
        lines.append(retries(declaration.options))
    settings = [
        f"{name}={value!r}"
        for name, value in declaration.options.items()
        if name != "name" and not (declaration.kind == "step" and name in _RETRYING)
    ]
    if settings:
        lines.append(f"settings: `{', '.join(settings)}`")
    return "\n\n".join(lines)


def retries(options: Mapping[str, object]) -> str:
    """How often a step is tried, and how long it waits in between, by its literal settings."""
    if not options.get("retries_allowed"):
        return "not retried: what it raises, the workflow gets"
    attempts = options.get("max_attempts", 3)
    first, rate = options.get("interval_seconds", 1.0), options.get("backoff_rate", 2.0)
    limit = options.get("max_interval_seconds", LONGEST_INTERVAL_SECONDS)
    numbers = (attempts, first, rate, limit)
    if not all(isinstance(each, int | float) and each >= 0 for each in numbers):
        return "retried"
    tries, interval, factor, longest = (float(str(each)) for each in numbers)
    waits = []
    for _ in range(min(int(tries) - 1, WAITS_MAX)):
        waits.append(f"{min(interval, longest):g}")
        interval = min(interval * factor, longest)
    if int(tries) <= 1:
        return "tried once"
    more = ", …" if int(tries) - 1 > WAITS_MAX else ""
    apart = waits[0] if factor == 1 else ", ".join(waits) + more
    return f"tried up to {int(tries)} times, {apart} second{'' if apart == '1' else 's'} apart"


def _workflow(program: Program, declaration: Declaration, now: datetime) -> Iterator[str]:
    """The version of a workflow, what that is made of, and what it does to the outside."""
    version = version_of(program, declaration)
    if version is not None:
        yield f"version `{version.version}`"
        if version.steps:
            yield f"steps: {', '.join(f'`{name}`' for name in version.steps)}"
        parts = [part.label for part in version.parts if part.kind not in ("boundary", "workflow")]
        if parts:
            more = f" and {len(parts) - PARTS_MAX} more" if len(parts) > PARTS_MAX else ""
            yield f"made of: {', '.join(f'`{each}`' for each in parts[:PARTS_MAX])}{more}"
    for schedule in program.schedules:
        if schedule.workflow == declaration.name:
            yield from schedules.told(schedule.cron, now)
    found = [each for each in program.occurrences if each.workflow == declaration.name]
    for each in found[:EFFECTS_MAX]:
        way = " → ".join(f"`{link.what}` ({link.path}:{link.line})" for link in each.chain)
        reason = " (its value reaches a log line at most)" if each.is_harmless else ""
        yield f"- {EFFECTS.get(each.effect, each.effect)}: {way}{reason}"
    if len(found) > EFFECTS_MAX:
        yield f"- and {len(found) - EFFECTS_MAX} more effects"


def _queue(queue: Queue) -> str:
    """A queue and its limits."""
    lines = [f"**queue** `{queue.name}`"]
    if queue.options is None:
        lines.append("its settings are worked out when the program runs")
    elif not queue.options:
        lines.append("without limits")
    for name, value in (queue.options or {}).items():
        lines.append(_limit(name, value) or f"{name}: `{value!r}`")
    return "\n\n".join(lines)


def _limit(name: str, value: object) -> str | None:
    """A setting of a queue in words; None for one that has none."""
    limit = name.removeprefix("partition_")
    each = " for each partition key" if name != limit else ""
    match limit, value:
        case "concurrency" | "global_concurrency", int():
            return f"runs at most {value} at a time{each}, in all processes together"
        case "worker_concurrency", int():
            return f"runs at most {value} at a time{each} in each process"
        case "limiter", {"limit": int(most), "period": int() | float() as period}:
            return f"starts at most {most} in {period:g} second{'' if period == 1 else 's'}{each}"
        case "polling_interval_sec", int() | float():
            return f"looked at every {value:g} second{'' if value == 1 else 's'}"
        case "priority_enabled", True:
            return "lower priority numbers go first"
        case "queue", True:
            return "limits count for each partition key"
    return None
