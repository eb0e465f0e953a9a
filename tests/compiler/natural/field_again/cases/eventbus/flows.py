import handlers
from bus import bus
from dbos import DBOS


@DBOS.step()
def charge(order: str) -> str:
    return order


@DBOS.workflow()
def pay(order: str) -> str:
    receipt = charge(order)
    bus.emit("paid", {"id": order})
    return receipt
