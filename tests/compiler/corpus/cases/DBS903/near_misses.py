"""Patches that guard a durable change."""

from dbos import DBOS


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


def improved(name: str) -> str:
    return new(name)


@DBOS.workflow()
def replaced(name: str) -> str:
    if DBOS.patch("replaced"):
        return new(name)
    else:
        return old(name)


@DBOS.workflow()
def inserted(name: str) -> str:
    if DBOS.patch("inserted"):
        new(name)
    return old(name)


@DBOS.workflow()
def expression(name: str) -> str:
    return new(name) if DBOS.patch("expression") else old(name)


@DBOS.workflow()
def in_a_variable(name: str) -> str:
    patched = DBOS.patch("variable")
    if patched:
        return improved(name)
    return old(name)


@DBOS.workflow()
def early_return(name: str) -> str:
    if not DBOS.patch("early"):
        return old(name)
    return new(name)


@DBOS.workflow()
def sleeps(name: str) -> str:
    if DBOS.patch("sleeps"):
        DBOS.sleep(5)
    return old(name)
