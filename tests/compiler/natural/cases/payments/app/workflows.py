from dbos import DBOS

from .config import feature_enabled, get_settings
from .db import load_invoice, mark_paid
from .gateway import ChargeResult, StripeGateway

gateway = StripeGateway("sk_test")


@DBOS.step(retries_allowed=True, max_attempts=5)
def charge_customer(customer: str, cents: int, key: str) -> str:
    result: ChargeResult = gateway.charge(customer, cents, key)
    return result.id


@DBOS.step()
def send_receipt(customer: str, cents: int) -> None:
    DBOS.logger.info("receipt for %s: %d", customer, cents)


@DBOS.step()
def send_reminder(customer: str) -> None:
    DBOS.logger.info("reminder for %s", customer)


@DBOS.workflow()
def collect(invoice_id: int) -> str:
    invoice = load_invoice(invoice_id)
    if invoice is None:
        return "unknown"
    settings = get_settings()
    if settings.sandbox:
        return "sandbox"
    while not invoice.is_overdue():
        DBOS.sleep(86400)
    total = invoice.amount_cents
    if feature_enabled("fees"):
        total += gateway.fee(total)
    charge_id = charge_customer(invoice.customer, total, f"{DBOS.workflow_id}-charge")
    mark_paid(invoice_id, charge_id)
    send_receipt(invoice.customer, total)
    return charge_id


@DBOS.workflow()
def dunning(customer: str, days: int) -> None:
    for _ in range(days):
        send_reminder(customer)
        DBOS.sleep(86400)
