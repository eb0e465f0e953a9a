from __future__ import annotations

from dataclasses import dataclass

from dbos import DBOS
from fastapi import APIRouter, Depends

from .container import Container, container
from .ports import PriceBook

router = APIRouter()


@dataclass
class Quote:
    order_id: str
    total: int
    currency: str = "EUR"


def discounted(book: PriceBook, skus: list[str], percent: int) -> int:
    return book.total(skus) * (100 - percent) // 100


@DBOS.step()
async def send_receipt(to: str, quote: Quote) -> None:
    await container.mailer().deliver(to, f"{quote.order_id}: {quote.total}")


@DBOS.step()
def reserve(order_id: str) -> str:
    return order_id


@DBOS.workflow()
async def checkout(to: str, skus: list[str]) -> Quote:
    order_id = container.ids.fresh()
    total = discounted(container.prices, skus, 10)
    floor = discounted(container.list_prices, skus, 0)
    if container.clock().now().hour < 6:
        total = min(total, floor)
    quote = Quote(order_id, total)
    await send_receipt(to, quote)
    return quote


@DBOS.workflow()
def reprice(skus: list[str]) -> int:
    book = container.list_prices
    return discounted(book, skus, 5)


def get_container() -> Container:
    return container


@router.post("/checkout")
async def post_checkout(to: str, skus: list[str], c: Container = Depends(get_container)) -> dict[str, str]:
    handle = await DBOS.start_workflow_async(checkout, to, skus)
    at = c.clock().now()
    return {"id": handle.workflow_id, "at": at.isoformat()}
