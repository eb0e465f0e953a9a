"""The environment: the next machine, or the next deployment, has other variables."""

import os
from os import environ, getenv
from os import environ as settings

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def mode() -> str:
    return os.getenv("MODE", "live")  # flags: DBS301


def is_dry() -> bool:
    return mode() == "dry"


class Config:
    def __init__(self) -> None:
        self.region = environ.get("REGION", "eu")  # flags: DBS301

    @property
    def address(self) -> str:
        return os.environ.get("ADDRESS") or "none"  # flags: DBS301


@DBOS.workflow()
def switched(name: str) -> str:
    if os.environ.get("FAST") == "fast-1":  # flags: DBS301
        return name
    save(name, "slow")
    return "slow"


@DBOS.workflow()
def helper_three_deep(name: str) -> str:
    save(name, [mode(), is_dry()])
    return mode()


@DBOS.workflow()
def attribute_and_property(name: str) -> str:
    config = Config()
    save(config.region, config.address)
    return config.region


@DBOS.workflow()
def membership(name: str) -> str:
    if "DEBUG" in os.environ:  # flags: DBS301
        save(name, "debug")
    return name


@DBOS.workflow()
def subscript(name: str) -> str:
    try:
        token = settings["TOKEN"]  # flags: DBS301
    except KeyError:
        token = "none"
    save(name, token)
    return token


@DBOS.workflow()
def matched(name: str) -> str:
    match getenv("STAGE"):  # flags: DBS301
        case None:
            save(name, "local")
        case stage:
            save(name, stage)
    return name


@DBOS.workflow()
def expanded(name: str) -> str:
    place = os.path.expandvars("$HOME/orders")  # flags: DBS301
    save(name, place)
    return place


@DBOS.workflow()
def changed(name: str) -> str:  # unseen: environment
    os.environ["LAST"] = name  # flags: DBS301
    save(name, "changed")
    return name
