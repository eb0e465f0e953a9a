"""Portable workflows with JSON, and other workflows with anything that can be stored."""

from datetime import datetime
from typing import Any, Literal

from dbos import DBOS, WorkflowSerializationFormat


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
def plain(name: str, count: int, price: float, is_new: bool) -> list[str]:
    return [name] * count


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
def texts(options: dict[str, list[int]]) -> dict[str, Any]:
    return dict(options)


@DBOS.workflow(serialization_type="portable")
def literal(size: Literal["small", "large"]) -> str | None:
    return size


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.DEFAULT)
def not_portable(at: datetime) -> set[str]:
    return {at.isoformat()}


@DBOS.workflow()
def usual(names: set[str]) -> dict[int, str]:
    return {len(name): name for name in sorted(names)}


@DBOS.workflow(serialization_type="portable")
def inside(names: list[str]) -> int:
    seen: set[str] = set(names)
    return len(seen)


def set_of(names: list[str]) -> set[str]:
    return set(names)
