"""Patches that guard nothing."""

from dbos import DBOS


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


@DBOS.workflow()
def unused(name: str) -> str:
    DBOS.patch("unused")  # flags: DBS903:warning
    return new(name)


@DBOS.workflow()
def only_negated(name: str) -> str:
    if not DBOS.patch("negated"):  # flags: DBS903:warning
        old(name)
    return name


@DBOS.workflow()
def guards_nothing_durable(name: str) -> str:
    if DBOS.patch("pure"):  # flags: DBS903:warning
        name = name.upper()
    return new(name)


@DBOS.workflow()
def assigned_and_unused(name: str) -> str:
    patched = DBOS.patch("assigned")  # flags: DBS903:warning
    return new(name)


@DBOS.workflow()
def only_logged(name: str) -> str:
    DBOS.logger.info("patched: %s", DBOS.patch("logged"))  # flags: DBS903:warning
    return old(name)


@DBOS.workflow()
def same_on_both_sides(name: str) -> str:
    if DBOS.patch("same"):  # flags: DBS903:warning
        return new(name)
    else:
        return new(name)
