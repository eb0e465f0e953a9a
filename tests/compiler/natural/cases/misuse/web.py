from __future__ import annotations

from dbos import DBOS, DBOSClient, SetWorkflowID
from fastapi import FastAPI

from steps import deliver, mails, newsletter, send_mail

app = FastAPI()
client = DBOSClient("postgresql://localhost/app")


@DBOS.workflow()
@app.post("/subscribe")
def subscribe(address: str) -> str:  # flags: DBS813
    return deliver(address)


@app.post("/newsletter")
def start(addresses: list[str]) -> str:
    with SetWorkflowID("newsletter"):
        return DBOS.start_workflow(newsletter, addresses).workflow_id


@app.post("/wait")
def wait() -> str:
    return DBOS.recv("answer")  # flags: DBS804


@app.post("/remote")
def remote(address: str) -> None:
    client.enqueue({"workflow_name": "send_mial", "queue_name": "mails"}, address)  # flags: DBS822
    client.enqueue({"workflow_name": "send_mail", "queue_name": "mail"}, address)  # flags: DBS811


@DBOS.scheduled("0 25 * * *")
@DBOS.workflow()
def nightly(scheduled, actual) -> None:  # flags: DBS816
    mails.enqueue(send_mail, "ops@example.com")


@DBOS.scheduled("0 3 * * *")
@DBOS.workflow()
def hourly() -> None:  # flags: DBS816
    mails.enqueue(send_mail, "ops@example.com")


@app.get("/resend")
def resend(addresses: list[str]) -> None:
    for address in addresses:
        with SetWorkflowID("resend"):  # flags: DBS823
            DBOS.start_workflow(send_mail, address)
