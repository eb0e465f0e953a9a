"""Whole files as inputs and results."""

from pathlib import Path

from dbos import DBOS


@DBOS.step()
def store(data: object) -> None:
    """Store data."""
    DBOS.logger.info("%s", data)


@DBOS.step()
def whole_file(name: str) -> bytes:
    return Path(name).read_bytes()  # flags: DBS854:info


@DBOS.step()
def whole_text(name: str) -> str:
    with open(name) as file:
        return file.read()  # flags: DBS854:info


@DBOS.step()
def all_lines(name: str) -> list[str]:
    with open(name) as file:
        return file.readlines()  # flags: DBS854:info


@DBOS.step()
def through_a_variable(name: str) -> bytes:
    content = Path(name).read_bytes()
    return content  # flags: DBS854:info


@DBOS.workflow()
def large_argument(name: str) -> str:
    store("x" * 5_000_000)  # flags: DBS854:info
    return name


@DBOS.workflow()
def large_list(name: str) -> str:
    store([0] * 2_000_000)  # flags: DBS854:info
    return name


@DBOS.workflow()
def large_result(name: str) -> bytes:
    return bytes(10_000_000)  # flags: DBS854:info
