from __future__ import annotations

import uuid
from pathlib import Path

from dbos import DBOS

from result import Err, Lazy, Ok, Result, Stream


def parse(text: str) -> Result[int]:
    return Ok(int(text)) if text.isdigit() else Err(f"{text} is no number")


def tagged(number: int) -> str:
    return f"{number}-{uuid.uuid4()}"  # flags: DBS104


def named(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(number)))


def read_limit() -> int:
    return int(Path("limit.txt").read_text())  # flags: DBS203


limit = Lazy(read_limit)
fallback = Lazy(lambda: 100)


@DBOS.step()
def store(tag: str) -> str:
    return tag


@DBOS.workflow()
def intake(text: str) -> str:
    match parse(text).then(lambda number: Ok(number * 2)).map(tagged):
        case Ok(value=tag):
            return store(tag)
        case Err(reason):
            return reason


@DBOS.workflow()
def intake_named(text: str) -> str:
    match parse(text).map(named):
        case Ok(tag):
            return store(tag)
        case Err(reason):
            return reason


@DBOS.workflow()
def intake_many(texts: list[str]) -> list[str]:
    numbers = Stream(texts).where(str.isdigit).map(int)
    small = numbers.where(lambda number: number < fallback.value)
    total = small.fold(0, lambda sum_, number: sum_ + number)
    stored = small.map(named).map(store).to_list()
    return [*stored, str(total)]


@DBOS.workflow()
def intake_limited(texts: list[str]) -> list[str]:
    numbers = Stream(texts).map(int).where(lambda number: number < limit.value)
    return numbers.map(str).map(store).to_list()
