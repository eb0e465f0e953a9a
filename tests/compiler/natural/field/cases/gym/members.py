from enum import Enum

import sqlalchemy as sa
from dbos import DBOS, Queue
from flask import Flask, jsonify, request

app = Flask(__name__)
engine = sa.create_engine("sqlite:///gym.db")
mails = Queue("mails", worker_concurrency=2)
members = sa.table("members", sa.column("id"), sa.column("plan"))


class Plan(Enum):
    BASIC = "basic"
    GOLD = "gold"


def plan_of(member: int) -> Plan:
    with engine.begin() as connection:  # flags: DBS205
        row = connection.execute(sa.select(members.c.plan).where(members.c.id == member)).one()  # flags: DBS205
    return Plan(row.plan)


@DBOS.step()
def mail(member: int, text: str) -> None:
    print("mail", member, text)


@DBOS.workflow()
def welcome(member: int) -> str:
    match plan_of(member):
        case Plan.GOLD:
            mails.enqueue(send_gold, member)
        case Plan.BASIC:
            mail(member, "hello")
    return "done"


@DBOS.workflow()
def send_gold(member: int) -> None:
    mail(member, "hello gold")
    mails.enqueue(mail(member, "again"), member)  # flags: DBS820


@app.post("/members/<int:member>")
def join(member: int):
    handle = DBOS.start_workflow(welcome)  # flags: DBS821
    return jsonify({"id": handle.workflow_id, "by": request.remote_addr})
