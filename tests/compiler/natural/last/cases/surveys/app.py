from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import jwt
from dbos import DBOS, DBOSConfiguredInstance, Queue, SetEnqueueOptions, SetWorkflowID, WorkflowHandle
from fastapi import APIRouter, BackgroundTasks, Request

router = APIRouter()
mail_queue = Queue("mail", priority_enabled=True)
State = Literal["open", "closed"]


@dataclass
class Survey:
    id: str
    questions: list[str]
    state: State = "open"

    def close(self) -> Self:
        self.state = "closed"
        return self

    def add(self, question: str) -> Self:
        self.questions.append(question)
        return self


class Counter:
    total = 0

    @classmethod
    def bump(cls) -> int:
        cls.total += 1  # flags: DBS604
        return cls.total


@DBOS.dbos_class()
class Surveys(DBOSConfiguredInstance):
    def __init__(self, tenant: str, secret: str) -> None:
        self.tenant = tenant
        self.secret = secret
        self.open: dict[str, Survey] = {}
        super().__init__(config_name=tenant)

    @DBOS.step()
    def invite(self, address: str, link: str) -> None:
        DBOS.logger.info("%s %s", address, link)

    def link(self, survey: Survey) -> str:
        return jwt.encode({"survey": survey.id}, self.secret, algorithm="HS256")

    @DBOS.workflow()
    def run(self, survey: Survey, addresses: list[str]) -> int:
        self.open[survey.id] = survey  # flags: DBS604
        survey.add("Anything else?")
        for address in addresses:
            self.invite(address, self.link(survey))
        answers = 0
        while answers < len(addresses):
            if DBOS.recv("answer", timeout_seconds=3600) is None:
                break
            answers += 1
        survey.close()
        Counter.bump()
        return answers


surveys = Surveys("main", "secret")


@DBOS.workflow()
def remind(address: str) -> str:
    return address


@router.post("/surveys/{key}")
def create(key: str, request: Request, tasks: BackgroundTasks) -> dict[str, str]:
    with SetWorkflowID(key), SetEnqueueOptions(priority=5):
        handle: WorkflowHandle[str] = mail_queue.enqueue(remind, "ops@example.com")
    tasks.add_task(DBOS.send, handle.workflow_id, "yes", "answer")
    return {"id": handle.workflow_id}


@router.get("/late")
def late() -> None:
    DBOS.set_event("late", True)  # flags: DBS804
