"""Patches that are retired and still decide what runs."""

from dbos import DBOS


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


@DBOS.workflow()
def tests_it(name: str) -> str:
    if DBOS.deprecate_patch("tests"):  # flags: DBS904
        return new(name)
    return old(name)


@DBOS.workflow()
def in_an_expression(name: str) -> str:
    return new(name) if DBOS.deprecate_patch("expression") else old(name)  # flags: DBS904


@DBOS.workflow()
def both(name: str) -> str:
    DBOS.deprecate_patch("both")  # flags: DBS904
    if DBOS.patch("both"):
        return new(name)
    return old(name)


@DBOS.workflow()
def negated(name: str) -> str:
    if not DBOS.deprecate_patch("negated"):  # flags: DBS904
        return old(name)
    return new(name)


def price(name: str) -> str:
    return new(name) if DBOS.patch("in a helper") else old(name)


@DBOS.workflow()
def asked_in_a_helper(name: str) -> str:
    DBOS.deprecate_patch("in a helper")  # flags: DBS904
    return price(name)


@DBOS.workflow()
async def later(name: str) -> str:
    if await DBOS.deprecate_patch_async("later"):  # flags: DBS904
        await DBOS.sleep_async(1)
    return name
