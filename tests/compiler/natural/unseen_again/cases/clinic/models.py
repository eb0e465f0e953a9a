from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from pydantic import BaseModel, Field, PrivateAttr, computed_field, field_validator


def stamp() -> datetime:
    return datetime.now(timezone.utc)


class Patient(BaseModel):
    name: str
    born: datetime
    _token: str = PrivateAttr(default="")

    @field_validator("name")
    @classmethod
    def clean(cls, value: str) -> str:
        return re.sub(r"\s+", lambda match: " ", value).strip()

    @computed_field
    @property
    def age(self) -> int:
        return (datetime.now(timezone.utc) - self.born).days // 365  # flags: DBS001

    def age_at(self, when: datetime) -> int:
        return (when - self.born).days // 365


class Visit(BaseModel):
    patient: Patient
    kind: Literal["first", "control"] = "first"
    code: str = Field(default_factory=lambda: secrets.token_urlsafe(8))
    at: datetime = Field(default_factory=stamp)

    @classmethod
    def planned(cls, patient: Patient, at: datetime) -> Visit:
        return cls(patient=patient, at=at, code=f"{patient.name}-{at:%Y%m%d}")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: Any) -> None:
        self.kind = "control"


@contextmanager
def ward(name: str) -> Iterator[list[str]]:
    opened: list[str] = [name]
    try:
        yield opened
    finally:
        opened.clear()


def slots(day: datetime, count: int) -> Iterator[datetime]:
    for number in range(count):
        yield day + timedelta(minutes=20 * number)
