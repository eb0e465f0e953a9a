"""Entropy of the operating system: tokens and salts drawn in a workflow."""

import os
import secrets
import uuid
from os import urandom
from secrets import token_urlsafe as new_token

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def salt() -> bytes:
    return urandom(16)  # flags: DBS103


class Account:
    def __init__(self, name: str) -> None:
        self.name = name
        self.key = secrets.token_bytes(8).hex()  # flags: DBS103


@DBOS.workflow()
def invite(name: str) -> str:
    token = secrets.token_hex()  # flags: DBS103
    save(name, token)
    return token


@DBOS.workflow()
def salted(name: str) -> str:
    value = salt().hex()
    save(name, value)
    return value


@DBOS.workflow()
def open_account(name: str) -> str:
    account = Account(name)
    save(account.name, account.key)
    return account.key


@DBOS.workflow()
def link(name: str) -> str:
    address = f"https://example.com/{new_token(16)}"  # flags: DBS103
    save(name, address)
    return address


@DBOS.workflow()
def raw_bytes(name: str) -> bytes:
    noise = os.urandom(4)  # flags: DBS103
    save(name, noise)
    return noise


@DBOS.workflow()
def drawn(names: list[str]) -> int:
    number = secrets.randbelow(1_000_000)  # flags: DBS103
    save("number", number)
    return secrets.choice(range(1_000_000)) + len(names)  # flags: DBS103


@DBOS.workflow()
def machine() -> int:
    number = uuid.getnode()  # flags: DBS103
    save("machine", number)
    return number
