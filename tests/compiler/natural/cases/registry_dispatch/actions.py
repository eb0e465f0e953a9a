from __future__ import annotations

import socket
from typing import Callable

from dbos import DBOS

Action = Callable[[dict], str]
ACTIONS: dict[str, Action] = {}


def action(name: str) -> Callable[[Action], Action]:
    def register(function: Action) -> Action:
        ACTIONS[name] = function
        return function

    return register


@action("greet")
def greet(data: dict) -> str:
    return f"Hello {data.get('name', 'you')}"


@action("whoami")
def whoami(data: dict) -> str:
    return socket.gethostname()  # flags: DBS303


@DBOS.step()
@action("mail")
def mail(data: dict) -> str:
    return "mailed"


@action("write")
def write(data: dict) -> str:
    with open(data["path"], "w") as file:  # flags: DBS203
        file.write(data["text"])
    return data["path"]
