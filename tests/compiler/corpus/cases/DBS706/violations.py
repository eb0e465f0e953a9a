"""A handler for trouble of this machine that goes on with steps: only this time, only here."""

import json

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def fallback(name: str) -> str:
    return f"fallback {name}"


def parse(text: str) -> object:
    return json.loads(text)


def build(count: int) -> list[int]:
    return [0] * count


@DBOS.workflow()
def out_of_memory(count: int) -> str:  # unseen: resource
    try:
        build(count)
    except MemoryError:  # flags: DBS706:warning
        return fallback("memory")
    return "done"


@DBOS.workflow()
def too_deep(text: str) -> str:  # unseen: resource
    try:
        str(parse(text))
    except RecursionError:  # flags: DBS706:warning
        return fallback("depth")
    except ValueError:
        return "no JSON"
    return "done"


@DBOS.workflow()
def operating_system(name: str) -> str:  # unseen: resource
    try:
        value = name.encode()
    except OSError:  # flags: DBS706:warning
        save(name, "system")
        value = b""
    return value.decode()


@DBOS.workflow()
def one_of_several(count: int) -> str:  # unseen: resource
    try:
        build(count)
    except (ValueError, MemoryError):  # flags: DBS706:warning
        save("count", count)
    return "done"


@DBOS.workflow()
def late(name: str) -> str:  # unseen: resource
    try:
        text = name.strip()
    except TimeoutError:  # flags: DBS706:warning
        text = fallback(name)
    return text


@DBOS.workflow()
def with_alias(count: int) -> str:  # unseen: resource
    try:
        build(count)
    except MemoryError as error:  # flags: DBS706:warning
        DBOS.set_event("failed", str(error))
    return "done"
