"""Waiting and messages in workflows, and own methods of those names in steps."""

import time
from collections.abc import Callable

from dbos import DBOS


class Mailbox:
    def recv(self) -> str:
        return "letter"

    def send(self, name: str) -> str:
        return name

    def sleep(self) -> None:
        return None


def wait() -> object:
    return DBOS.recv("paid")


@DBOS.step()
def own_mailbox(name: str) -> str:
    mailbox = Mailbox()
    mailbox.sleep()
    return mailbox.recv() + mailbox.send(name)


@DBOS.step()
def plain_sleep(name: str) -> str:
    time.sleep(0.1)
    return name


@DBOS.workflow()
def receives(name: str) -> object:
    own_mailbox(name)
    return DBOS.recv("paid")


@DBOS.workflow()
def sends(name: str) -> str:
    DBOS.send(name, "hello", "paid")
    DBOS.set_event("state", "sent")
    return name


@DBOS.workflow()
def by_helper(name: str) -> object:
    DBOS.sleep(5)
    return wait()


@DBOS.step()
def reads_its_id(name: str) -> str:
    DBOS.logger.info("in %s", DBOS.workflow_id)
    return name


def endpoint(name: str) -> object:
    DBOS.send(name, "hello", "paid")
    return DBOS.get_event(name, "state")


@DBOS.workflow()
def tells_its_stages(name: str) -> str:
    DBOS.write_stream("stages", "began")
    return own_mailbox(name)


def guarded(name: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Makes a step of a function, and a workflow that asks before it takes the step."""

    def decorate(effect: Callable[..., str]) -> Callable[..., str]:
        effect_step = DBOS.step(name=f"{name}.effect")(effect)

        def asking(*arguments: str) -> str:  # flags: DBS812
            answer = DBOS.recv("answer")
            DBOS.set_event("answer", answer)
            return effect_step(*arguments)

        return DBOS.workflow(name=name)(asking)

    return decorate


@guarded("greet")
def greet(name: str) -> str:
    return f"hello {name}"


@guarded("part")
def part(name: str) -> str:
    return f"goodbye {name}"
