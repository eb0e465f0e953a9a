"""A webhook receiver in the style of several small services."""

import hmac
import logging
import os
from hashlib import sha256

from dbos import DBOS
from flask import Flask, abort, request
from sqlalchemy import insert, table, column

from inbox.clients import Clients

app = Flask("inbox")
logger = logging.getLogger("inbox")
events = table("events", column("id"), column("body"))


def verified(body: bytes, signature: str) -> bool:
    secret = os.environ["SECRET"].encode()
    return hmac.compare_digest(hmac.new(secret, body, sha256).hexdigest(), signature)


@DBOS.transaction()
def keep(event_id: str, body: str) -> bool:
    DBOS.sql_session.execute(insert(events).values(id=event_id, body=body))
    return True


@DBOS.workflow()
def receive(event_id: str, body: str) -> str:
    logger.info("received %s", event_id)
    if not keep(event_id, body):
        return "duplicate"
    clients = Clients.default()
    clients.crm.post("/events", json={"id": event_id})  # flags: DBS202
    return clients.describe()


@app.post("/hook")
def hook():
    if not verified(request.data, request.headers["X-Signature"]):
        abort(403)
    DBOS.start_workflow(receive, request.json["id"], request.get_data(as_text=True))
    return "", 202
