from __future__ import annotations

from decimal import Decimal

from dbos import DBOS

from models import Money, Offer, Quote, Ticket, as_payload


@DBOS.step()
def price_of(sku: str) -> int:
    return len(sku) * 100


@DBOS.step()
def mail(payload: dict[str, object]) -> None:
    DBOS.logger.info("mail %s", payload)


@DBOS.workflow()
def quote(sku: str) -> str:
    made = Quote(number=sku, price=Money(amount=Decimal(price_of(sku))))  # flags: DBS006
    mail(as_payload(made))
    return made.label


@DBOS.workflow()
def open_ticket(subject: str) -> str:
    ticket = Ticket(subject=subject)  # flags: DBS104
    mail(as_payload(ticket))
    return ticket.subject


@DBOS.workflow()
def offer(number: str, skus: list[str]) -> str:
    rows = [Money(amount=Decimal(price_of(sku))) for sku in skus]
    made = Offer(number=number, rows=rows)
    mail({"number": number, "total": str(made.total())})
    return str(made.age_seconds)


@DBOS.workflow()
def reprice(payload: dict[str, object]) -> str:
    offer = Offer.model_validate(payload)
    return str(offer.total())
