from __future__ import annotations

from datetime import date

import stripe
from dbos import DBOS, Queue, SetWorkflowID

from billing.clock import Period, Stopwatch

charges = Queue("charges", limiter={"limit": 50, "period": 1})


class Declined(Exception):
    def __init__(self, customer: str) -> None:
        super().__init__(customer)
        self.customer = customer


@DBOS.step(retries_allowed=True, max_attempts=4)
def charge(customer: str, cents: int, key: str) -> str:
    intent = stripe.PaymentIntent.create(
        amount=cents, currency="eur", customer=customer, idempotency_key=key
    )
    if intent.status != "succeeded":
        raise Declined(customer)
    return intent.id


@DBOS.workflow()
def dunning(customer: str, cents: int) -> str | None:
    for attempt, pause in enumerate([0, 86_400, 3 * 86_400]):
        DBOS.sleep(pause)
        try:
            return charge(customer, cents, f"{DBOS.workflow_id}-{attempt}")
        except Declined:
            continue
    return None


@DBOS.workflow()
def charge_all(customers: dict[str, int], start: date) -> float:
    watch = Stopwatch()
    period = Period(start)  # flags: DBS006
    handles = []
    for customer, rate in customers.items():
        with SetWorkflowID(f"{DBOS.workflow_id}-{customer}"):
            handles.append(charges.enqueue(dunning, customer, rate * period.days))
    for handle in handles:
        handle.get_result()
    DBOS.logger.info("all charged")
    return watch.elapsed()
