"""Decorators in an order in which one of them does not see the durable function."""

from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


@DBOS.workflow()
@app.get("/orders")
def route_below(name: str) -> str:  # flags: DBS813
    return name


@DBOS.step()
@app.post("/steps/{name}")
def step_route(name: str) -> str:  # flags: DBS813
    return name


@DBOS.workflow()
@DBOS.scheduled("* * * * *")
def schedule_below(scheduled, actual) -> None:  # flags: DBS813
    return None


class Shop:
    @DBOS.workflow()
    @staticmethod
    def static_below(name: str) -> str:  # flags: DBS813
        return name

    @DBOS.workflow()
    @classmethod
    def class_below(cls, name: str) -> str:  # flags: DBS813
        return name

    @DBOS.step()
    @classmethod
    def step_below(cls, name: str) -> str:  # flags: DBS813
        return name
