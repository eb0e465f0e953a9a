import re
from typing import Any, NamedTuple

from dbos import DBOS, DBOSClient
from slack_bolt import App

app = App(token="x")
COMMANDS: dict[str, Any] = {}


class Command(NamedTuple):
    name: str
    arguments: tuple[str, ...]


def parse(text: str) -> Command:
    match = re.match(r"/(\w+)\s*(.*)", text)
    if match is None:
        raise ValueError(text)
    return Command(match[1], tuple(match[2].split()))


def command(name: str):
    def register(function):
        COMMANDS[name] = function
        return function

    return register


@command("deploy")
@DBOS.workflow()
def deploy(*arguments: str) -> str:
    run(arguments[0])
    answer = DBOS.recv("approve", timeout_seconds=600)
    app.client.chat_postMessage(channel="ops", text=str(answer))  # flags: DBS202
    return "ok" if answer else "denied"


@DBOS.step()
def run(target: str) -> None:
    print(target)


@app.command("/run")
def handle(ack, body) -> None:
    ack()
    asked = parse(body["text"])
    DBOS.start_workflow(COMMANDS[asked.name], *asked.arguments)


def approve(client: DBOSClient, workflow_id: str) -> None:
    client.send(workflow_id, True, "approve")
