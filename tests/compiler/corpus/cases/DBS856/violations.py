"""Portable workflows with values that JSON cannot hold."""

import datetime as dt
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dbos import DBOS, WorkflowSerializationFormat


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
def returns_a_set(name: str) -> set[str]:  # flags: DBS856:warning
    return {name}


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
def takes_a_date(at: datetime) -> str:  # flags: DBS856:warning
    return at.isoformat()


@DBOS.workflow(serialization_type=WorkflowSerializationFormat.PORTABLE)
def numbered(names: list[str]) -> dict[int, str]:  # flags: DBS856:warning
    return {len(name): name for name in names}


@DBOS.workflow(serialization_type="portable")
def money(amount: Decimal) -> str:  # flags: DBS856:warning
    return str(amount)


@DBOS.workflow(name="raw", serialization_type="portable")
def raw(name: str) -> bytes:  # flags: DBS856:warning
    return name.encode()


@DBOS.workflow(serialization_type="portable")
async def nested(keys: list[UUID] | None) -> int:  # flags: DBS856:warning
    return len(keys or [])


class Shop:
    @staticmethod
    @DBOS.workflow(serialization_type="portable")
    def opened(day: "dt.date") -> str:  # flags: DBS856:warning
        return str(day)
