from dbos import DBOS, SetWorkflowTimeout

from mono.libs.audit import audited
from mono.libs.ids import new_id, stable_id
from mono.libs.retry import with_retry


@DBOS.step()
def reserve(order: str) -> bool:
    return bool(order)


@DBOS.step()
def ship(order: str, label: str) -> str:
    return label


@DBOS.workflow()
@audited("orders")
def fulfil(order: str) -> str:
    with SetWorkflowTimeout(600):
        if not with_retry(lambda: reserve(order), times=3):
            return "none"
    return ship(order, new_id("label"))


@DBOS.workflow()
def refund(order: str) -> str:
    return ship(order, stable_id("refund", order))
