from __future__ import annotations

import logging
import operator
from collections import ChainMap, Counter, OrderedDict
from datetime import date
from functools import partialmethod, reduce
from pathlib import PurePosixPath
from urllib.parse import parse_qs, urlencode, urlsplit

from dbos import DBOS, Queue, SetWorkflowID, SetWorkflowTimeout

from money import Invoice, Line, Money, month_end

log = logging.getLogger("billing")
mails = Queue("mails")
DEFAULTS = {"currency": "EUR", "language": "de"}


class Ledger:
    def __init__(self) -> None:
        self._entries: OrderedDict[str, Money] = OrderedDict()

    def _book(self, side: int, name: str, amount: Money) -> None:
        self._entries[name] = self._entries.get(name, Money(0)) + Money(side * amount.cents)

    debit = partialmethod(_book, 1)
    credit = partialmethod(_book, -1)

    def balance(self) -> Money:
        return reduce(operator.add, self._entries.values(), Money(0))


@DBOS.step(retries_allowed=True, interval_seconds=2)
def fetch_lines(customer: str) -> list[Line]:
    return [Line(customer, Money(100))]


@DBOS.transaction()
def store(number: str, cents: int) -> bool:
    return DBOS.sql_session.execute("insert ...", {"n": number, "c": cents}).rowcount == 1


@DBOS.workflow()
def mail(link: str) -> str:
    query = parse_qs(urlsplit(link).query)
    return query["n"][0]


@DBOS.workflow()
def bill(customer: str, day: date, options: dict[str, str]) -> str:
    settings = ChainMap(options, DEFAULTS)
    invoice = Invoice(f"{customer}-{day:%Y%m}", issued=month_end(day))
    invoice.lines.extend(fetch_lines(customer))
    ledger = Ledger()
    kinds: Counter[str] = Counter()
    for line in invoice:
        ledger.debit(line.text, line.net)
        ledger.credit(line.rate, line.tax)
        kinds.update([line.rate])
    if not store(invoice.number, invoice.total.cents):
        raise ValueError(f"{invoice.number} is there already")
    path = PurePosixPath("/invoices") / settings["language"] / f"{invoice.number}.pdf"
    link = f"https://example.com{path}?{urlencode({'n': invoice.number, 'sum': invoice.checksum()})}"
    log.info("%s until %s: %s", invoice.number, invoice.due, ledger.balance())
    with SetWorkflowID(f"{DBOS.workflow_id}-mail"), SetWorkflowTimeout(60):
        handle = mails.enqueue(mail, link)
    answer = DBOS.recv("paid", timeout_seconds=3600)
    if answer is None:
        DBOS.sleep(60)
    return f"{handle.get_result()} {invoice.total:.1f} {kinds.most_common(1)} {len(invoice)}"
