"""Generators as workflows and steps: what they yield cannot be recorded."""

from collections.abc import AsyncIterator, Iterator

from dbos import DBOS


@DBOS.workflow()
def workflow_generator(count: int) -> Iterator[int]:  # flags: DBS826
    yield from range(count)


@DBOS.step()
def step_generator(count: int) -> Iterator[int]:  # flags: DBS826
    for number in range(count):
        yield number


@DBOS.step()
async def async_step_generator(count: int) -> AsyncIterator[int]:  # flags: DBS826
    for number in range(count):
        yield number


@DBOS.workflow()
async def async_workflow_generator(count: int) -> AsyncIterator[int]:  # flags: DBS826
    yield count


@DBOS.transaction()
def transaction_generator(name: str) -> Iterator[object]:  # flags: DBS826
    for row in DBOS.sql_session.execute("SELECT 1"):
        yield row


class Shop:
    @DBOS.step()
    def lines(self, count: int) -> Iterator[str]:  # flags: DBS826
        received = yield "first"
        yield str(received)
