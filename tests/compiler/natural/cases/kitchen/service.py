from __future__ import annotations

from dbos import DBOS

from appliances import Order, annotate, prepare, price, rename


@DBOS.workflow()
def serve(table: int) -> int:
    order = Order(table)
    prepare(order)  # flags: DBS605
    annotate(order)  # flags: DBS605
    return price(order) + len(order.notes)


@DBOS.workflow()
def serve_well(table: int) -> int:
    order = rename(Order(table, ["tea"]))
    total = price(order)
    order.add("cake")
    return total + len(order.dishes)


@DBOS.workflow()
def unread(table: int) -> str:
    order = Order(table)
    prepare(order)
    return "done"
