"""The timeline of a workflow: a bar for each operation, with long stretches of waiting shortened.

In: operations with times. Out: an SVG, or nothing when there is nothing to draw. Never lets a sleep
of two weeks flatten the steps around it: where everything waits, time runs faster, and a mark says
how much was left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dbos.console.facts import Step
from dbos.console.markup import Markup, element, join
from dbos.report import plain

WAITS = frozenset(
    ("DBOS.sleep", "DBOS.recv", "DBOS.getEvent", "DBOS.getResult", "DBOS.waitFirst", "queue")
)
MOST_BARS = 100
WIDTH, LABEL, ROW, BAR, TOP = 960, 220, 24, 14, 30
LABEL_LETTERS = 30
LEAST_BAR = 3.0
# A stretch in which everything waits gets at most this part of what work gets.
IDLE_PART = 0.12
# Waiting that takes up to this part of what work takes is drawn as it is.
IDLE_SHORTEST_PART = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the timeline. Times in epoch milliseconds."""

    label: str
    kind: str
    start: int
    end: int
    note: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the time axis, and where it is drawn."""

    start: int
    end: int
    left: float
    right: float
    shortened: bool


def duration(milliseconds: int | None) -> str:
    """A length of time for people."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{max(milliseconds, 0)} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def is_time_limit(step: Step) -> bool:
    """Whether a record only says until when the operation before it was ready to wait."""
    return step.position is not None and step.position.endswith("t")


def step_end(step: Step, latest: int) -> int | None:
    """When an operation was over; a sleep is over when its time to wake has come."""
    if step.name == "DBOS.sleep" and isinstance(step.output, int | float):
        return min(int(step.output), max(latest, step.started_at or 0))
    return step.completed_at


def bars(steps: Sequence[Step], *, created_at: int, begun_at: int | None, latest: int) -> list[Bar]:
    """The lines to draw: the wait on a queue first, then the operations in their order."""
    found = []
    if begun_at is not None and begun_at - created_at >= 1:
        found.append(Bar("queue", "wait", created_at, begun_at, "waited on its queue"))
    for step in steps[:MOST_BARS]:
        if step.started_at is None or is_time_limit(step):
            continue
        end = max(step_end(step, latest) or step.started_at, step.started_at)
        kind = "failed" if step.failed else "wait" if step.name in WAITS else "done"
        if step.child_workflow_id is not None and kind == "done":
            kind = "child"
        note = "failed" if step.failed else step.child_workflow_id or ""
        found.append(Bar(f"{step.number} {step.name}", kind, step.started_at, end, note))
    return found


def stretches(lines: Sequence[Bar]) -> list[Stretch]:
    """The time axis, cut where work begins or ends; idle parts take less room than they last."""
    cuts = sorted({moment for line in lines for moment in (line.start, line.end)})
    busy = [line for line in lines if line.kind != "wait"]
    parts = list(itertools.pairwise(cuts))
    works = [any(b.start < end and b.end > start for b in busy) for start, end in parts]
    total = sum(end - start for (start, end), work in zip(parts, works, strict=True) if work)
    total = total or max((end - start for start, end in parts), default=0)
    lengths: list[tuple[float, bool]] = []
    for (start, end), work in zip(parts, works, strict=True):
        shortened = not work and total > 0 and end - start > total * IDLE_SHORTEST_PART
        lengths.append((total * IDLE_PART if shortened else float(end - start), shortened))
    scale = (WIDTH - LABEL - 10) / (sum(length for length, _ in lengths) or 1.0)
    left, found = float(LABEL), []
    for (start, end), (length, shortened) in zip(parts, lengths, strict=True):
        found.append(Stretch(start, end, left, left + length * scale, shortened))
        left += length * scale
    return found


def place(moment: int, axis: Sequence[Stretch]) -> float:
    """Where a moment is drawn."""
    for part in axis:
        if moment <= part.end:
            share = (moment - part.start) / (part.end - part.start)
            return part.left + max(share, 0.0) * (part.right - part.left)
    return axis[-1].right if axis else float(LABEL)


def draw(lines: Sequence[Bar]) -> Markup | None:
    """The picture of the lines; None without any."""
    if not lines:
        return None
    axis = stretches(lines)
    height = TOP + ROW * len(lines) + 6
    begin, end = min(one.start for one in lines), max(one.end for one in lines)
    drawn = [_row(line, TOP + ROW * number, axis) for number, line in enumerate(lines)]
    head = element("text", f"{duration(end - begin)} in all", x=4, y=16, class_="axis")
    return element(
        "svg",
        element("title", f"{len(lines)} operations in {duration(end - begin)}"),
        [_mark(part, height) for part in axis if part.shortened],
        head,
        drawn,
        class_="timeline",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img",
    )


def _mark(part: Stretch, height: int) -> Markup:
    width = part.right - part.left
    box = element(
        "rect", x=part.left, y=TOP - 6, width=width, height=height - TOP + 6, class_="idle"
    )
    middle = part.left + width / 2
    text = duration(part.end - part.start)
    return join(box, element("text", f"⋯ {text}", x=middle, y=16, class_="axis middle"))


def _row(line: Bar, top: int, axis: Sequence[Stretch]) -> Markup:
    left, right = place(line.start, axis), place(line.end, axis)
    name = plain(line.label)
    short = name if len(name) <= LABEL_LETTERS else name[: LABEL_LETTERS - 1] + "…"
    length = duration(line.end - line.start)
    told = f"{line.label}: {length}" + (f", {line.note}" if line.note else "")
    return element(
        "g",
        element("title", told),
        element("text", short, x=4, y=top + 11, class_="label"),
        element(
            "rect",
            x=min(left, WIDTH - 10 - LEAST_BAR),
            y=top,
            width=max(right - left, LEAST_BAR),
            height=BAR,
            rx=3,
            class_=f"bar {line.kind}",
        ),
    )
