"""The history of a workflow as a value, and as the JSON of a fixture.

In: rows of the system database, or the text of a fixture. Out: ``History`` values, or that text.
Never decodes a payload: inputs, outputs and errors stay the text that was stored, with the name of
their codec beside it, so that exporting and reading a fixture cannot run anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from dbos.error import DBOSException
from dbos.kernel.record import StepRecord

FORMAT = "dbos-history"
FORMAT_NUMBER = 1


class DBOSFixtureError(DBOSException):
    """A fixture cannot be read: damaged, or of another format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A workflow and its recorded operations. Times in epoch milliseconds; payloads encoded."""

    workflow_id: str
    name: str
    status: str
    inputs: str | None
    serialization: str | None
    class_name: str | None = None
    config_name: str | None = None
    output: str | None = None
    error: str | None = None
    output_serialization: str | None = None
    application_version: str | None = None
    workflow_version: str | None = None
    created_at: int | None = None
    started_at: int | None = None
    completed_at: int | None = None
    deadline: int | None = None
    queue_name: str | None = None
    parent_workflow_id: str | None = None
    forked_from: str | None = None
    authenticated_user: str | None = None
    assumed_role: str | None = None
    authenticated_roles: str | None = None
    operations: tuple[StepRecord, ...] = ()

    def before(self, count: int) -> History:
        """The same workflow when only its first ``count`` operations were on record."""
        kept = {name: getattr(self, name) for name in _FIELDS}
        kept.update(status="PENDING", output=None, error=None, completed_at=None)
        ordered = sorted(self.operations, key=lambda record: record.function_id)
        return History(**kept, operations=tuple(ordered[:count]))


_FIELDS = tuple(field.name for field in fields(History) if field.name != "operations")
_TEXTS = frozenset(("workflow_id", "name", "status"))
_NUMBERS = frozenset(("created_at", "started_at", "completed_at", "deadline"))
_OPERATION_TEXTS = frozenset(("function_name", "position", "serialization"))
_OPERATION_NUMBERS = frozenset(("function_id", "started_at", "completed_at"))


def dump(histories: Iterable[History]) -> str:
    """The text of a fixture; the same histories give the same text."""
    document = {
        "format": FORMAT,
        "format_number": FORMAT_NUMBER,
        "workflows": [_as_data(history) for history in histories],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _as_data(history: History) -> dict[str, Any]:
    data = {name: getattr(history, name) for name in _FIELDS}
    kept: dict[str, Any] = {name: value for name, value in data.items() if value is not None}
    kept["operations"] = [
        {name: value for name, value in asdict(record).items() if value is not None}
        for record in history.operations
    ]
    return kept


def load(text: str | bytes, origin: str) -> list[History]:
    """The histories of a fixture; ``origin`` names it in errors.

    Raises ``DBOSFixtureError``.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DBOSFixtureError(f"{origin}: is not JSON ({error})") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DBOSFixtureError(
            f"{origin}: is no fixture of workflows; write one with `dbos workflow export`"
        )
    number = document.get("format_number")
    if number != FORMAT_NUMBER:
        raise DBOSFixtureError(
            f"{origin}: has format number {number!r}, this release reads {FORMAT_NUMBER};"
            " export it again with this release"
        )
    workflows = document.get("workflows")
    if not isinstance(workflows, list):
        raise DBOSFixtureError(f"{origin}: has no list of workflows")
    return [_history(item, f"{origin}: workflow {at}") for at, item in enumerate(workflows)]


def _history(item: object, where: str) -> History:
    if not isinstance(item, dict):
        raise DBOSFixtureError(f"{where} is no object")
    values: dict[str, Any] = {name: item.get(name) for name in _FIELDS}
    _check(values, _TEXTS, _NUMBERS, where)
    operations = item.get("operations", [])
    if not isinstance(operations, list):
        raise DBOSFixtureError(f"{where}: its operations are no list")
    records = [_operation(one, f"{where}, operation {at}") for at, one in enumerate(operations)]
    positions = [record.position for record in records]
    if len(set(positions)) != len(positions):
        raise DBOSFixtureError(f"{where}: two operations have the same position")
    return History(**values, operations=tuple(records))


def _operation(item: object, where: str) -> StepRecord:
    if not isinstance(item, dict):
        raise DBOSFixtureError(f"{where} is no object")
    values: dict[str, Any] = {each.name: item.get(each.name) for each in fields(StepRecord)}
    _check(values, _OPERATION_TEXTS, _OPERATION_NUMBERS, where)
    if values["function_id"] is None:
        raise DBOSFixtureError(f"{where}: function_id is missing")
    return StepRecord(**values)


def _check(
    values: Mapping[str, object], texts: frozenset[str], numbers: frozenset[str], where: str
) -> None:
    """Every value is a text, or a number where one belongs; the needed texts are there."""
    for name, value in values.items():
        if value is None:
            if name in texts:
                raise DBOSFixtureError(f"{where}: {name} is missing")
        elif type(value) is not (int if name in numbers else str):
            raise DBOSFixtureError(f"{where}: {name} is {value!r:.60}")
