from __future__ import annotations

import uuid
from datetime import datetime, timezone
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, computed_field, field_validator, model_validator


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Money(BaseModel):
    amount: Decimal
    currency: str = "EUR"

    @field_validator("currency")
    @classmethod
    def known(cls, value: str) -> str:
        if len(value) != 3:
            raise ValueError("three letters")
        return value.upper()


class Quote(BaseModel):
    number: str
    price: Money
    tags: list[str] = Field(default_factory=list)
    made: datetime = Field(default_factory=utc_now)

    @computed_field
    @property
    def label(self) -> str:
        return f"{self.number} {self.price.amount}"


class Ticket(BaseModel):
    id: Annotated[str, Field(default_factory=lambda: uuid.uuid4().hex)]
    subject: str


class Offer(BaseModel):
    number: str
    rows: list[Money]

    @model_validator(mode="after")
    def has_rows(self) -> Offer:
        if not self.rows:
            raise ValueError("no rows")
        return self

    @computed_field
    @property
    def age_seconds(self) -> float:
        return (datetime.now(timezone.utc) - EPOCH).total_seconds()  # flags: DBS001

    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))


EPOCH = datetime(2024, 1, 1, tzinfo=timezone.utc)


def as_payload(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")
