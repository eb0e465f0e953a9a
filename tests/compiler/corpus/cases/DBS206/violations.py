"""Asking a person at the terminal: after a restart nobody answers, or answers otherwise."""

import fileinput
import getpass
import sys
from getpass import getpass as ask_secret
from sys import stdin

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def confirmed(question: str) -> bool:
    return input(f"{question} [y/n] ") == "y"  # flags: DBS206


class Prompt:
    def __init__(self, text: str) -> None:
        self.text = text

    def ask(self) -> str:
        return input(self.text)  # flags: DBS206


@DBOS.workflow()
def asked(name: str) -> str:
    answer = input("Who? ")  # flags: DBS206
    save(name, answer)
    return answer


@DBOS.workflow()
def confirmed_first(name: str) -> str:
    if confirmed("Ship it?"):
        save(name, "shipped")
    return name


@DBOS.workflow()
def prompted(name: str) -> str:
    answer = Prompt("Name: ").ask()
    save(name, answer)
    return answer


@DBOS.workflow()
def secret(name: str) -> str:
    word = getpass.getpass()  # flags: DBS206
    save(name, len(word))
    return word


@DBOS.workflow()
def piped(name: str) -> str:
    line = sys.stdin.readline()  # flags: DBS206
    save(name, line)
    return line


@DBOS.workflow()
def debugged(name: str) -> str:
    breakpoint()  # flags: DBS206
    save(name, "after")
    return name


@DBOS.workflow()
def aliased_secret(name: str) -> str:
    word = ask_secret("Password: ")  # flags: DBS206
    save(name, word)
    return word
