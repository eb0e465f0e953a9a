from __future__ import annotations

from dbos import DBOS
from dependency_injector.wiring import Provide, inject
from fastapi import Depends, FastAPI

from container import Container, Greeter, Limits, Usage, container

app = FastAPI()
default_limits = Limits()


@DBOS.step()
def record(line: str) -> str:
    return line


@DBOS.step()
def used_today(user: str) -> int:
    return container.usage().used(user)


@DBOS.workflow()
def greet(user: str) -> str:
    greeter = Greeter(default_limits)
    if not greeter.limits.allows(used_today(user)):
        return "later"
    return record(greeter.greet(user))


@DBOS.workflow()
def greet_provided(user: str) -> str:
    greeter = container.greeter()
    return record(greeter.greet_timed(user))


@DBOS.workflow()
def greet_checked(user: str) -> str:
    usage = container.usage()
    if usage.used(user) > 3:
        return usage.key(user)
    return record(user)


@inject
def limits_of(limits: Limits = Provide[Container.limits]) -> int:
    return limits.per_day


@app.post("/greet/{user}")
@inject
def post_greet(user: str, usage: Usage = Depends(Provide[Container.usage])) -> dict[str, object]:
    handle = DBOS.start_workflow(greet, user)
    return {"id": handle.workflow_id, "used": usage.used(user)}
