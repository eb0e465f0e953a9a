"""The durable API used wrongly, as newcomers do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests
from dbos import DBOS, Queue

mails = Queue("mails")


@DBOS.workflow()
def send_mail(to: str) -> str:
    return deliver(to)


@DBOS.step  # flags: DBS812
def deliver_badly(to: str) -> str:
    return to


@DBOS.step()
def deliver(to: str) -> str:
    return requests.post("https://mail.example.com", json={"to": to}).text


@DBOS.step(max_attempts=4)
def deliver_later(to: str) -> str:  # flags: DBS817
    mails.enqueue(send_mail, to)  # flags: DBS801
    return to


def fan_out(to: list[str]) -> int:
    for each in to:
        DBOS.start_workflow(send_mail, each)  # flags: DBS801
    return len(to)


@DBOS.step()
def notify_all(to: list[str]) -> int:
    return fan_out(to)


@DBOS.step()
def wait_for_answer(to: str) -> str:
    DBOS.sleep(10)  # flags: DBS803
    return DBOS.recv("answer")  # flags: DBS803


@DBOS.transaction()
def store(to: str) -> None:
    DBOS.sql_session.execute("INSERT INTO mails VALUES (:to)", {"to": to})
    deliver(to)  # flags: DBS802
    requests.post("https://hooks.example.com", json={"to": to})  # flags: DBS806
    DBOS.sql_session.commit()  # flags: DBS807


@DBOS.transaction()
async def store_async(to: str) -> None:  # flags: DBS808
    DBOS.sql_session.execute("INSERT INTO mails VALUES (:to)", {"to": to})


def record(to: str) -> None:
    DBOS.sql_session.execute("INSERT INTO log VALUES (:to)", {"to": to})  # flags: DBS805


@DBOS.workflow()
def newsletter(addresses: list[str]) -> int:
    notify_all(addresses)
    record(addresses[0])
    with ThreadPoolExecutor(max_workers=8) as pool:  # flags: DBS401
        results = list(pool.map(deliver, addresses))  # maybe: DBS401
    local = Queue("local")  # flags: DBS810
    local.enqueue(send_mail, addresses[0])
    handle = DBOS.start_workflow(send_mail(addresses[0]))  # flags: DBS820
    DBOS.start_workflow(send_mail)  # flags: DBS821
    try:
        wait_for_answer(addresses[0])
    except BaseException:  # flags: DBS819
        return 0
    return len(results) + len(handle.get_result())
