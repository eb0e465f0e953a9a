"""Inputs of the workflow, questions in steps, and own functions of that name."""

import sys

from dbos import DBOS


@DBOS.step()
def ask(question: str) -> str:
    return input(question)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Form:
    def input(self, name: str) -> str:
        return f"<input name={name}>"


def getpass(name: str) -> str:
    return name[::-1]


@DBOS.workflow()
def in_a_step(name: str) -> str:
    return ask("Who?")


@DBOS.workflow()
def named_input(input: str) -> str:
    save("input", input)
    return input.upper()


@DBOS.workflow()
def own_form(name: str) -> str:
    field = Form().input(name)
    save(name, field)
    return field


@DBOS.workflow()
def own_getpass(name: str) -> str:
    save(name, getpass(name))
    return getpass(name)


@DBOS.workflow()
def by_message(name: str) -> str:
    answer = DBOS.recv("answer", timeout_seconds=600)
    save(name, answer)
    return str(answer)


@DBOS.workflow()
def shadowed(name: str) -> str:
    input = str.lower
    save(name, input(name))
    return input(name)


@DBOS.workflow()
def limits(name: str) -> int:
    save(name, sys.maxsize)
    return sys.maxsize
