"""Plain functions that only workflows call, and what everybody may do."""

import abc

from dbos import DBOS


def wait() -> object:
    return DBOS.recv("paid")


def publish(name: str) -> None:
    DBOS.set_event("state", name)


class Progress:
    def report(self, name: str) -> None:
        DBOS.set_event("progress", name)


@DBOS.workflow()
def waits(name: str) -> object:
    return wait()


@DBOS.workflow()
def publishes(name: str) -> str:
    publish(name)
    Progress().report(name)
    return "new" if DBOS.patch("new-price") else "old"


def send(name: str) -> None:
    DBOS.send(name, "paid", "paid")


def read(name: str) -> object:
    return DBOS.get_event(name, "state")


def start(name: str) -> str:
    return DBOS.start_workflow(publishes, name).workflow_id


def admin(name: str) -> object:
    return DBOS.list_workflows(status="PENDING")


class Inbox(abc.ABC):
    @abc.abstractmethod
    def next(self) -> object: ...


class DurableInbox(Inbox):
    def next(self) -> object:
        return DBOS.recv("inbox")


class Gate(abc.ABC):
    """A part for other projects: their workflows run it, nothing here does."""


class Question(Gate):
    async def ask(self, name: str) -> object:
        return await _parked(name)


async def _parked(name: str) -> object:
    return await DBOS.recv_async(name)


class Dialogue:
    def __init_subclass__(cls) -> None:
        cls.title = cls.__name__.lower()

    async def next(self, name: str) -> object:
        return await _parked(name)
