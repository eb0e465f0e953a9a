import os
import sys

from dbos import DBOS
from environs import Env

env = Env()
REGION = env.str("REGION", "eu")
VERBOSE = "--verbose" in sys.argv
HOME = os.path.expanduser("~")


def mode() -> str:
    match os.environ:  # flags: DBS301
        case {"MODE": value}:
            return value
        case _:
            return "normal"


@DBOS.step()
def act(mode: str) -> str:
    return mode + HOME


@DBOS.workflow()
def run() -> str:
    if VERBOSE:  # flags: DBS302
        act("verbose")
    return act(mode() + REGION)  # flags: DBS302


@DBOS.workflow()
def sets() -> str:
    os.environ["SEEN"] = "1"  # flags: DBS301
    return act("x")
