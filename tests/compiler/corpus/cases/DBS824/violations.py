"""Topics and keys that nobody sends or sets."""

from dbos import DBOS

PAID = "payd"


@DBOS.workflow()
def waits(name: str) -> object:
    return DBOS.recv("paymnt")  # flags: DBS824:info


@DBOS.workflow()
def waits_by_keyword(name: str) -> object:
    return DBOS.recv(topic="shiped", timeout_seconds=60)  # flags: DBS824:info


@DBOS.workflow()
def waits_by_constant(name: str) -> object:
    return DBOS.recv(PAID)  # flags: DBS824:info


def reads(name: str) -> object:
    return DBOS.get_event(name, "stat")  # flags: DBS824:info


async def reads_later(name: str) -> object:
    return await DBOS.get_event_async(name, "progres")  # flags: DBS824:info


@DBOS.workflow()
async def waits_later(name: str) -> object:
    return await DBOS.recv_async("refnd")  # flags: DBS824:info


@DBOS.workflow()
def publishes(name: str) -> str:
    DBOS.set_event("state", name)
    DBOS.set_event("progress", 1)
    return name


def webhook(name: str) -> None:
    DBOS.send(name, "yes", "payment")
    DBOS.send(name, "yes", topic="shipped")
    DBOS.send(name, "yes", "refund")
