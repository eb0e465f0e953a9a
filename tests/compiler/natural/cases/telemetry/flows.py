from __future__ import annotations

import traceback

from dbos import DBOS
from tenacity import retry, stop_after_attempt, wait_exponential

from observability import count, logger, span, std


@DBOS.step()
@retry(stop=stop_after_attempt(3), wait=wait_exponential(multiplier=1))
def call_partner(order_id: str) -> str:
    return order_id


@DBOS.step()
def compensate(order_id: str) -> None:
    std.info("undo %s", order_id)


@DBOS.workflow()
def observed(order_id: str) -> str:
    log = logger.bind(order=order_id)
    with span("order"):
        log.info("calling")
        try:
            result = call_partner(order_id)
        except ValueError as error:
            std.exception("failed")
            log.error("failed", error=str(error))
            count("failed")
            compensate(order_id)
            return "failed"
    count("done")
    std.debug("result %r", result)
    return result


@DBOS.workflow()
def reported(order_id: str) -> str:
    try:
        return call_partner(order_id)
    except ValueError:
        return traceback.format_exc()  # maybe: DBS304
