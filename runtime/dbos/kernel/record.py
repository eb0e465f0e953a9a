"""The record of one operation: what the database keeps of it, as a value.

In: encoded values. Out: ``StepRecord``. Knows no SQL and loads nothing, so that a replay from a
fixture needs no database library.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One operation as stored. Times in epoch milliseconds; payloads encoded."""

    function_id: int
    function_name: str
    position: str
    output: str | None = None
    error: str | None = None
    serialization: str = "json"
    child_workflow_id: str | None = None
    started_at: int | None = None
    completed_at: int | None = None
    input_digest: str | None = None
