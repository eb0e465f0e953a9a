"""A value that differs decides what the workflow does: an error, whatever the source."""

import os
import random
import time
from datetime import datetime

from dbos import DBOS, SetWorkflowID


@DBOS.step()
def cheap(name: str) -> str:
    return f"cheap {name}"


@DBOS.step()
def express(name: str) -> str:
    return f"express {name}"


STEPS = {"cheap": cheap, "express": express}


@DBOS.workflow()
def child(name: str) -> str:  # steady: the child itself is clean
    return cheap(name)


def is_late() -> bool:
    return datetime.now().second % 2 == 0  # flags: DBS001:error


@DBOS.workflow()
def branch(name: str) -> str:
    if time.time() % 10 > 5:  # flags: DBS001:error
        return express(name)
    return cheap(name)


@DBOS.workflow()
def branch_through_variables(name: str) -> str:
    now = time.time()  # flags: DBS001:error
    late = now % 10 > 5
    chosen = express if late else cheap
    return chosen(name)


@DBOS.workflow()
def branch_in_a_helper(name: str) -> str:
    answers = [express(name) if is_late() else cheap(name) for _ in range(9)]
    return answers[0]


@DBOS.workflow()
def loop_bound(name: str) -> str:
    for _ in range(random.randint(1, 1000)):  # flags: DBS101:error
        cheap(name)
    return name


@DBOS.workflow()
def loop_condition(name: str) -> str:
    attempts = 0
    while random.random() < 0.9:  # flags: DBS101:error
        attempts += 1
        cheap(f"{name}-{attempts}")
    return name


@DBOS.workflow()
def matched(name: str) -> str:
    match os.getenv("SPEED"):  # flags: DBS301:error
        case None:
            return cheap(name)
        case _:
            return express(name)


@DBOS.workflow()
def chosen_step(name: str) -> str:
    return STEPS[random.choice(sorted(STEPS))](f"{name}{random.random()}")  # flags: DBS101:error


@DBOS.workflow()
def identity(name: str) -> str:
    child_id = f"{name}-{random.random()}"  # flags: DBS101:error
    with SetWorkflowID(child_id):  # flags: DBS105:error
        return child(name)


@DBOS.workflow()
def early_return(name: str) -> str:
    if os.environ.get("DRY"):  # flags: DBS301:error
        return "dry"
    return cheap(name)


@DBOS.workflow()
def raised(name: str) -> str:
    if random.random() < 0.5:  # flags: DBS101:error
        raise ValueError(name)
    return express(name)
