from __future__ import annotations

from datetime import datetime, timezone
from typing import Optional
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel


def now() -> datetime:
    return datetime.now(timezone.utc)


class Ticket(SQLModel, table=True):
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    seat: str
    owner: Optional[str] = None
    created_at: datetime = Field(default_factory=now)


class TicketRequest(SQLModel):
    seat: str
    owner: str
