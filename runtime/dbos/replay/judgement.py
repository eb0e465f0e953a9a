"""The judgement: from how a replay ended to its verdict.

In: the history, what the code asked for, and how it ended. Out: a ``Verdict``. Never runs anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dbos.error import DBOSUnexpectedStepError
from dbos.kernel.drive import Outcome, Raised, Returned
from dbos.replay import places
from dbos.replay.history import History
from dbos.replay.places import Place
from dbos.replay.record_only import Asked, RecordedExecution
from dbos.replay.redaction import REDACTED
from dbos.replay.verdict import Kind, Verdict
from dbos.replay.wall import Refusal
from dbos.values import reconstruct, serialize


@dataclass(slots=True)
class Ended:
    """How a replay ended. What user code has caught is remembered all the same."""

    outcome: Outcome | None = None
    reached_end: bool = False
    refusal: Refusal | None = None
    needs: Place | tuple[()] | None = None
    is_stuck: bool = False
    stuck_at: Place | None = None
    unwound: BaseException | None = None
    notes: tuple[str, ...] = ()


def refused(history: History, kind: Kind, reason: str) -> Verdict:
    """The verdict about a workflow that could not even begin."""
    return Verdict(
        workflow_id=history.workflow_id,
        name=history.name,
        status=history.status,
        kind=kind,
        reason=reason,
        recorded=len(history.operations),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One replayed workflow, to be judged."""

    history: History
    execution: RecordedExecution
    ended: Ended

    def verdict(self, kind: Kind, reason: str, place: Place | None = None, **more: Any) -> Verdict:
        execution = self.execution
        timeouts = sum(position.endswith("t") for position in execution.history)
        return Verdict(
            workflow_id=self.history.workflow_id,
            name=self.history.name,
            status=self.history.status,
            kind=kind,
            reason=reason,
            place=None if place is None else str(place),
            replayed=len(execution.found),
            recorded=len(execution.history) - timeouts,
            notes=(*self.ended.notes, *more.pop("notes", ())),
            **more,
        )


def judge(history: History, execution: RecordedExecution, ended: Ended) -> Verdict:
    """The verdict. What went wrong first is what counts."""
    case = _Case(history, execution, ended)
    if execution.undecodable is not None:
        last = execution.found[-1] if execution.found else None
        return _at_record(case, "undecodable", last, execution.undecodable)
    if isinstance(execution.blocked, DBOSUnexpectedStepError):
        return _blocked(case, execution.blocked)
    if ended.refusal is not None:
        refusal = ended.refusal
        return case.verdict("io", f"{refusal.call} {refusal.what}", refusal.place)
    if ended.needs is not None:
        reason = "fits as far as can be told: a redacted value is needed here"
        return case.verdict("undecided", reason, ended.needs or None)
    if ended.is_stuck:
        reason = "the code computes without asking for anything, and does not end"
        return case.verdict("stuck", reason, ended.stuck_at)
    if ended.unwound is not None:
        return _raised(case, ended.unwound)
    if ended.reached_end:
        return _at_the_end(case)
    return _completed(case)


def _at_record(case: _Case, kind: Kind, asked: Asked | None, reason: str) -> Verdict:
    """A verdict about the record of the operation that was asked for last."""
    if asked is None:
        return case.verdict(kind, reason)
    number = case.execution.history[asked.position].function_id
    return case.verdict(
        kind, f"step {number}, {asked.name}: {reason}", asked.place, step=number, asked=asked.name
    )


def _blocked(case: _Case, error: DBOSUnexpectedStepError) -> Verdict:
    """Another operation, or other arguments, than recorded at the same position."""
    # Nothing can be asked for after the one that did not agree.
    asked = case.execution.found[-1]
    record = case.execution.history[asked.position]
    number = error.step_id
    if asked.name == record.function_name:
        reason = f"step {number}: {asked.name} is called with other arguments than recorded"
    else:
        reason = (
            f"step {number}: {record.function_name} is recorded, the code asks for {asked.name}"
        )
    return case.verdict(
        "differs",
        reason,
        asked.place,
        step=number,
        expected=record.function_name,
        asked=asked.name,
    )


def _at_the_end(case: _Case) -> Verdict:
    """The code wants more than is on record. That is fine once all of the record was asked for."""
    left = case.execution.unasked()
    beyond = case.execution.beyond
    if not left:
        return case.verdict("fits", _count(case, "reached the end of the record"))
    record = left[0]
    if not beyond:
        return case.verdict(
            "differs",
            f"step {record.function_id}: {record.function_name} is recorded, the code waits for"
            " something that never comes",
            step=record.function_id,
            expected=record.function_name,
        )
    return case.verdict(
        "differs",
        f"step {record.function_id}: {record.function_name} is recorded, the code asks for"
        f" {beyond[0].name} before it",
        beyond[0].place,
        step=record.function_id,
        expected=record.function_name,
        asked=beyond[0].name,
    )


def _completed(case: _Case) -> Verdict:
    """The code returned or raised."""
    outcome = case.ended.outcome
    left = case.execution.unasked()
    if isinstance(outcome, Raised) and not _is_on_record(case, outcome.error):
        return _raised(case, outcome.error)
    if left:
        record = left[0]
        ended = "raises" if isinstance(outcome, Raised) else "returns"
        return case.verdict(
            "differs",
            f"step {record.function_id}: {record.function_name} is recorded, the code {ended}"
            " without asking for it",
            step=record.function_id,
            expected=record.function_name,
        )
    return case.verdict(
        "fits", _count(case, "ended after the record"), notes=_other_result(case.history, outcome)
    )


def _raised(case: _Case, error: BaseException) -> Verdict:
    left = case.execution.unasked()
    before = f", before the recorded {left[0].function_name}" if left else ""
    return case.verdict(
        "raised",
        f"the code raises {type(error).__name__}: {error}{before}",
        places.of_error(error),
        step=left[0].function_id if left else None,
        expected=left[0].function_name if left else None,
    )


def _is_on_record(case: _Case, error: Exception) -> bool:
    """Whether a workflow ends as recorded: with the class of its error, or that of an operation.

    A workflow that was cancelled, or whose process died, has no end on record; the error of one of
    its operations may well have been the end.
    """
    if any(error is known for known in case.execution.recorded_errors):
        return case.history.status != "SUCCESS"
    if case.history.error is None:
        return False
    try:
        stored = json.loads(case.history.error)["c"]
    except (ValueError, KeyError, TypeError):
        return False
    name = reconstruct.class_name(reconstruct.nearest_importable(type(error)))
    return bool(stored == name)


def _other_result(history: History, outcome: Outcome | None) -> tuple[str, ...]:
    """A note when a finished workflow would end otherwise; its replay fits all the same."""
    if history.status == "ERROR" and isinstance(outcome, Returned):
        return ("returns, where it had failed",)
    if not isinstance(outcome, Returned) or history.status != "SUCCESS":
        return ()
    if history.output_serialization == REDACTED:
        return ()
    try:
        again = serialize.encode(outcome.value, allow_pickle=False)
    except Exception:
        return ()
    same = (again.text, again.serialization) == (history.output, history.output_serialization)
    return () if same else ("returns another result than the recorded one",)


def _count(case: _Case, how: str) -> str:
    number = len(case.execution.found)
    return f"{how} after {number} operation{'' if number == 1 else 's'}"
