"""The same sources, but nothing depends on them except a line of the log: warnings."""

import os
import random
import time
from datetime import datetime

from dbos import DBOS

from logging import getLogger

logger = getLogger(__name__)


@DBOS.step()
def cheap(name: str) -> str:
    return f"cheap {name}"


def log_moment(name: str) -> None:
    logger.info("%s at %s", name, datetime.now())  # flags: DBS001:warning


class Watch:
    def __init__(self) -> None:
        self.started = time.perf_counter()  # flags: DBS002:warning

    def report(self, name: str) -> None:
        DBOS.logger.info("%s took %s", name, time.perf_counter() - self.started)  # flags: DBS002:warning


@DBOS.workflow()
def logged(name: str) -> str:
    logger.info("started at %s", time.time())  # flags: DBS001:warning
    return cheap(name)


@DBOS.workflow()
def logged_through_variables(name: str) -> str:
    started = time.monotonic()  # flags: DBS002:warning
    answer = cheap(name)
    elapsed = time.monotonic() - started  # flags: DBS002:warning
    DBOS.logger.info(f"{name} took {elapsed:.2f} s")
    return answer


@DBOS.workflow()
def logged_by_a_helper(name: str) -> str:
    log_moment(name)
    return cheap(name)


@DBOS.workflow()
def logged_by_an_object(name: str) -> str:
    watch = Watch()
    answer = cheap(name)
    watch.report(name)
    return answer


@DBOS.workflow()
def logged_host(name: str) -> str:
    DBOS.logger.debug("running on %s", os.getpid())  # flags: DBS303:warning
    return cheap(name)


@DBOS.workflow()
def unused(name: str) -> str:
    _ = random.random()  # flags: DBS101:warning
    return cheap(name)


@DBOS.workflow()
def logged_mode(name: str) -> str:
    mode = os.environ.get("MODE", "live")  # flags: DBS301:warning
    logger.warning("mode %s", mode)
    return cheap(name)
