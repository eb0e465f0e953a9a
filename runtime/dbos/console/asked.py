"""What a request asks for: fields of an address or a form, checked before a query sees them.

In: fields as text. Out: values, or ``WrongField`` with a sentence for whoever asked. Never passes
on what a database would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dbos.error import DBOSException

if TYPE_CHECKING:
    from dbos.system.inspection import Choice

LARGEST = (1 << 63) - 1
# Field of the address → field of ``Choice``.
TEXTS = {
    "status": "status",
    "name": "name",
    "queue": "queue_name",
    "version": "application_version",
    "executor": "executor_id",
    "user": "authenticated_user",
    "parent": "parent_workflow_id",
    "id": "id_prefix",
}
MOMENTS = {"from": "created_from", "to": "created_to"}


class WrongField(DBOSException):
    """A field of a request has a value that means nothing."""


def text(fields: Mapping[str, str], name: str) -> str | None:
    """A text, or None when the field is missing or empty."""
    found = fields.get(name)
    if found is not None and "\x00" in found:
        raise WrongField(f"{name} holds a character that no database stores")
    return found or None


def whole(fields: Mapping[str, str], name: str, *, least: int, default: int | None) -> int | None:
    """A whole number from ``least`` on, or the default when the field is missing or empty."""
    found = fields.get(name)
    if not found:
        return default
    try:
        number = int(found) if found.isascii() and len(found) < 20 else -1
    except ValueError:
        number = least - 1
    if not least <= number <= LARGEST:
        raise WrongField(f"{name} must be a whole number from {least} on, not {found[:60]!r}")
    return number


def moment(fields: Mapping[str, str], name: str, *, until: bool) -> int | None:
    """An ISO time, UTC unless it names a zone, in epoch milliseconds; a day ends with its end."""
    found = fields.get(name)
    if not found:
        return None
    try:
        parsed = datetime.fromisoformat(found)
        parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        if until and len(found) == len("2026-01-31"):
            parsed += timedelta(days=1, milliseconds=-1)
        return int(parsed.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise WrongField(
            f"{name} must be a time such as 2026-01-31 or 2026-01-31T12:00, not {found[:60]!r}"
        ) from None


def choice(fields: Mapping[str, str]) -> Choice:
    """Which workflows are asked for. Raises ``WrongField``."""
    from dbos.system.inspection import Choice

    texts = {field: text(fields, name) for name, field in TEXTS.items()}
    return Choice(
        **texts,
        created_from=moment(fields, "from", until=False),
        created_to=moment(fields, "to", until=True),
    )


def before(fields: Mapping[str, str]) -> tuple[int, str] | None:
    """The key of the last workflow that was shown, None for the first page."""
    at = whole(fields, "before_time", least=0, default=None)
    return None if at is None else (at, text(fields, "before_id") or "")
