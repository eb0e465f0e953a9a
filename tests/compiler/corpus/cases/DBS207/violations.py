"""Lines that are printed again by every replay."""

import logging
import sys
from pprint import pprint

from dbos import DBOS

logger = logging.getLogger(__name__)


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def announce(name: str) -> None:
    print("ready", name)  # flags: DBS207:info


class Audit:
    def __init__(self) -> None:
        self.log = logging.getLogger("audit")

    def record(self, name: str) -> None:
        self.log.warning("recorded %s", name)  # flags: DBS207:info


@DBOS.workflow()
def printed(name: str) -> str:  # unseen: output
    print(name)  # flags: DBS207:info
    save(name, "printed")
    return name


@DBOS.workflow()
def announced(name: str) -> str:  # unseen: output
    announce(name)
    save(name, "announced")
    return name


@DBOS.workflow()
def logged(name: str) -> str:  # unseen: output
    logger.info("starting %s", name)  # flags: DBS207:info
    save(name, "logged")
    return name


@DBOS.workflow()
def audited(name: str) -> str:  # unseen: output
    Audit().record(name)
    save(name, "audited")
    return name


@DBOS.workflow()
def root_logger(name: str) -> str:  # unseen: output
    logging.error("no %s", name)  # flags: DBS207:info
    return name


@DBOS.workflow()
def pretty(values: dict[str, int]) -> int:  # unseen: output
    pprint(values)  # flags: DBS207:info
    return len(values)


@DBOS.workflow()
def raw(name: str) -> str:  # unseen: output
    sys.stdout.write(name)  # flags: DBS207:info
    return name
