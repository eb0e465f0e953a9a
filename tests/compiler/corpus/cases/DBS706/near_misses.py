"""Handlers around steps, whose errors are recorded, and handlers that do nothing durable."""

import json

from dbos import DBOS


@DBOS.step()
def read(name: str) -> str:
    if name == "order-1":
        raise OSError("disk")
    return name


@DBOS.step()
def fallback(name: str) -> str:
    return f"fallback {name}"


def parse(text: str) -> object:
    return json.loads(text)


@DBOS.workflow()
def error_of_a_step(name: str) -> str:
    try:
        return read(name)
    except OSError:
        return fallback(name)


@DBOS.workflow()
def timeout_of_a_step(name: str) -> str:
    try:
        return read(name)
    except (TimeoutError, OSError) as error:
        return fallback(str(error))


@DBOS.workflow()
def deterministic_error(text: str) -> str:
    try:
        return str(parse(text))
    except ValueError:
        return fallback("text")


@DBOS.workflow()
def missing_key(values: dict[str, int]) -> str:
    try:
        return str(values["nothing"])
    except KeyError:
        return fallback("key")


@DBOS.workflow()
def nothing_durable(text: str) -> str:
    try:
        value = text.upper()
    except OSError:
        value = ""
    return fallback(value)


@DBOS.workflow()
def number(text: str) -> str:
    try:
        return str(int(text))
    except (TypeError, ValueError):
        return fallback("number")
