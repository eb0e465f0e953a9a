from __future__ import annotations

import logging
import time

import structlog
from dbos import DBOS
from loguru import logger

log = structlog.get_logger(__name__)
plain = logging.getLogger("orders")


@DBOS.step()
def charge(order: str, cents: int) -> str:
    started = time.perf_counter()
    log.info("charged", order=order, seconds=time.perf_counter() - started)
    return f"{order}-{cents}"


def summarize(order: str, receipts: list[str]) -> str:
    logger.bind(order=order).info("{} receipts", len(receipts))
    return "/".join(receipts)


@DBOS.workflow()
def pay(order: str, amounts: list[int]) -> str:
    bound = log.bind(order=order)
    bound.info("begin", amounts=len(amounts))
    receipts = []
    for cents in amounts:
        try:
            receipts.append(charge(order, cents))
        except ValueError:
            bound.exception("refused")
            plain.warning("refused %s", order)
    with logger.contextualize(order=order):  # maybe: DBS607
        return summarize(order, receipts)


@DBOS.workflow()
def pay_timed(order: str, cents: int) -> float:
    started = time.monotonic()  # flags: DBS002
    receipt = charge(order, cents)
    elapsed = time.monotonic() - started  # flags: DBS002
    log.info("done", receipt=receipt, elapsed=elapsed)
    if elapsed > 5:
        DBOS.set_event("slow", receipt)
    return elapsed
