from __future__ import annotations

import logging
import uuid

import psycopg2
import psycopg2.extras
from dbos import DBOS, SetWorkflowID
from flask import Flask, g, jsonify, request

from pricing import apply_vouchers

app = Flask(__name__)
log = logging.getLogger(__name__)
DBOS(config={"name": "flask-shop"})


def get_conn():
    if "conn" not in g:
        g.conn = psycopg2.connect("dbname=shop")
    return g.conn


def query(sql: str, *args):
    conn = psycopg2.connect("dbname=shop")  # flags: DBS205
    with conn, conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
        cur.execute(sql, args)  # flags: DBS205
        return cur.fetchall()


@DBOS.step()
def ship(address: str) -> str:
    log.info("ship to %s", address)
    return "tracking"


@DBOS.workflow()
def order(customer_id: int, items: list[dict]) -> dict:
    customer = query("SELECT * FROM customers WHERE id = %s", customer_id)[0]
    total = sum(item["price"] * item["count"] for item in items)
    total = apply_vouchers(total, customer["vouchers"])
    number = f"O-{uuid.uuid1().hex[:6]}"  # flags: DBS104
    tracking = ship(customer["address"])
    return {"number": number, "total": total, "tracking": tracking}


@app.post("/orders")
def create_order():
    body = request.get_json()
    with SetWorkflowID(str(uuid.uuid4())):
        handle = DBOS.start_workflow(order, body["customer"], body["items"])
    return jsonify(id=handle.workflow_id), 202


@app.get("/orders/<workflow_id>")
def show_order(workflow_id: str):
    status = DBOS.get_workflow_status(workflow_id)
    conn = get_conn()
    return jsonify(status=status.status, database=conn.status)
