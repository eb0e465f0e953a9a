"""The shop's web server, after the guide."""

import os

import uvicorn
from dbos import DBOS, DBOSConfig, SetWorkflowID
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, Response

from constants import ORDER_ID, PAYMENT_ID, PAYMENT_STATUS, OrderStatus
from database import (
    create_order,
    dispatch_order,
    reserve_inventory,
    undo_reserve_inventory,
    update_order_status,
)

app = FastAPI()
config: DBOSConfig = {
    "name": "widget-store",
    "system_database_url": os.environ.get("DBOS_SYSTEM_DATABASE_URL"),
}
DBOS(fastapi=app, config=config)


@DBOS.workflow()
def checkout_workflow() -> None:
    order_id = create_order()
    if not reserve_inventory():
        DBOS.logger.error("no inventory for order %s", order_id)
        update_order_status(order_id=order_id, status=OrderStatus.CANCELLED.value)
        DBOS.set_event(PAYMENT_ID, None)
        return
    DBOS.set_event(PAYMENT_ID, DBOS.workflow_id)
    payment_status = DBOS.recv(PAYMENT_STATUS, timeout_seconds=120)
    if payment_status == "paid":
        update_order_status(order_id=order_id, status=OrderStatus.PAID.value)
        DBOS.start_workflow(dispatch_order_workflow, order_id)
    else:
        undo_reserve_inventory()
        update_order_status(order_id=order_id, status=OrderStatus.CANCELLED.value)
    DBOS.set_event(ORDER_ID, str(order_id))


@DBOS.workflow()
def dispatch_order_workflow(order_id: int) -> None:
    for _ in range(10):
        DBOS.sleep(1)
        if dispatch_order(order_id) == 0:
            update_order_status(order_id=order_id, status=OrderStatus.DISPATCHED.value)


@app.post("/checkout/{idempotency_key}")
def checkout_endpoint(idempotency_key: str) -> Response:
    with SetWorkflowID(idempotency_key):
        handle = DBOS.start_workflow(checkout_workflow)
    payment_id = DBOS.get_event(handle.workflow_id, PAYMENT_ID)
    if payment_id is None:
        raise HTTPException(status_code=404, detail="Checkout failed to start")
    return Response(payment_id)


@app.post("/payment_webhook/{payment_id}/{payment_status}")
def payment_endpoint(payment_id: str, payment_status: str) -> Response:
    DBOS.send(payment_id, payment_status, PAYMENT_STATUS)
    order_url = DBOS.get_event(payment_id, ORDER_ID)
    if order_url is None:
        raise HTTPException(status_code=404, detail="Payment failed to process")
    return Response(order_url)


@app.get("/")
def frontend() -> HTMLResponse:
    with open(os.path.join("html", "app.html")) as file:
        html = file.read()
    return HTMLResponse(html)


if __name__ == "__main__":
    DBOS.launch()
    uvicorn.run(app, host="0.0.0.0", port=8000)
