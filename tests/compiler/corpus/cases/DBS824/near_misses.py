"""Topics and keys with two ends."""

from dbos import DBOS

PAID = "paid"


@DBOS.workflow()
def waits(name: str) -> object:
    return DBOS.recv("payment")


@DBOS.workflow()
def waits_by_constant(name: str) -> object:
    return DBOS.recv(PAID, timeout_seconds=60)


@DBOS.workflow()
def no_topic(name: str) -> object:
    return DBOS.recv()


@DBOS.workflow()
def publishes(name: str) -> str:
    DBOS.set_event("state", name)
    return name


def reads(name: str) -> object:
    return DBOS.get_event(name, "state")


def webhook(name: str) -> None:
    DBOS.send(name, "yes", "payment")
    DBOS.send(name, "yes", topic=PAID)
    DBOS.send(name, "yes")


class Radio:
    def recv(self, topic: str) -> str:
        return topic


def listens() -> str:
    return Radio().recv("music")
