"""Lines that are written once, or that are no lines."""

import io
import logging

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    print(name, value)


@DBOS.step()
def tell(name: str) -> None:
    logging.getLogger(__name__).info("told %s", name)


class Label:
    def print(self, name: str) -> str:
        return f"[{name}]"

    def info(self, name: str) -> str:
        return f"({name})"


def print_order(name: str) -> str:
    return f"order {name}"


@DBOS.workflow()
def durable_log(name: str) -> str:
    DBOS.logger.info(name)
    save(name, "logged")
    return name


@DBOS.workflow()
def in_steps(name: str) -> str:
    tell(name)
    save(name, "told")
    return name


@DBOS.workflow()
def own_print(name: str) -> str:
    label = Label()
    save(name, label.print(name))
    return label.info(name)


@DBOS.workflow()
def like_print(name: str) -> str:
    save(name, print_order(name))
    return print_order(name)


@DBOS.workflow()
def into_memory(name: str) -> str:
    buffer = io.StringIO()
    print(name, file=buffer)
    save(name, buffer.getvalue())
    return buffer.getvalue()


@DBOS.workflow()
def level_name(level: int) -> str:
    return logging.getLevelName(level)


@DBOS.workflow()
def nested_log(name: str) -> str:
    log = DBOS.logger
    log.warning("slow %s", name)
    save(name, "slow")
    return name
