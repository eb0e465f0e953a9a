from __future__ import annotations

import msgspec
from dbos import DBOS, DBOSConfiguredInstance, Queue, SetEnqueueOptions
from litestar import Controller, Litestar, get, post

from models import Line, Order, Voucher, decoder, encoder

shipping = Queue("shipping", concurrency=4)


@DBOS.step()
def book_courier(payload: bytes) -> str:
    return payload.decode()[:10]


@DBOS.workflow()
def ship(payload: bytes) -> str:
    lines = decoder.decode(payload)
    heaviest = max(lines, key=lambda line: line.quantity)
    return book_courier(encoder.encode([heaviest]))


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, name: str, limit: int) -> None:
        super().__init__(config_name=name)
        self.limit = limit
        self.seen: set[str] = set()
        self._last: str | None = None

    @DBOS.workflow()
    def place(self, customer: str, raw: list[dict[str, object]]) -> str:
        lines = msgspec.convert(raw, list[Line])
        order = Order(lines)  # flags: DBS006
        if order.weight() > self.limit:
            return "too heavy"
        if customer in self.seen:  # maybe: DBS603
            voucher = Voucher.for_customer(customer)
        else:
            voucher = Voucher.issue(20)
        self._remember(customer)
        order.notes.append(voucher.code)
        with SetEnqueueOptions(priority=3):
            handle = shipping.enqueue(ship, encoder.encode(order.lines))  # flags: DBS827
        return handle.get_result() + order.created.isoformat()

    def _remember(self, customer: str) -> None:
        self.seen.add(customer)  # flags: DBS604
        self._last = customer  # flags: DBS604


shop = Shop("main", 40)


class OrderController(Controller):
    path = "/orders"

    @post()
    async def create(self, data: list[dict[str, object]], customer: str) -> str:
        handle = await DBOS.start_workflow_async(shop.place, customer, data)
        return handle.workflow_id

    @get("/last")
    async def last(self) -> str:
        return shop._last or Voucher.issue(1).code


app = Litestar([OrderController])
