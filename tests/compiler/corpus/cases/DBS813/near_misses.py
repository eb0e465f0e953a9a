"""Decorators in the right order."""

from functools import wraps

from fastapi import FastAPI

from dbos import DBOS

app = FastAPI()


def traced(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@app.get("/orders")
@DBOS.workflow()
def route_above(name: str) -> str:
    return name


@app.post("/steps/{name}")
@DBOS.step()
def step_route(name: str) -> str:
    return name


@DBOS.scheduled("* * * * *")
@DBOS.workflow()
def schedule_above(scheduled, actual) -> None:
    return None


class Shop:
    @staticmethod
    @DBOS.workflow()
    def static_above(name: str) -> str:
        return name

    @classmethod
    @DBOS.workflow()
    def class_above(cls, name: str) -> str:
        return name

    @property
    def plain(self) -> str:
        return "plain"


@DBOS.workflow()
@traced
def other_decorator(name: str) -> str:
    return name
