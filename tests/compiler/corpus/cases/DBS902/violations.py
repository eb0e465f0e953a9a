"""Names of patches that nobody can look up, or that mean two things."""

from dbos import DBOS

PREFIX = "price"


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


@DBOS.workflow()
def computed(name: str, number: int) -> str:
    if DBOS.patch(f"p{number}"):  # flags: DBS902
        return new(name)
    return old(name)


@DBOS.workflow()
def given(name: str, patch: str) -> str:
    if DBOS.patch(patch):  # flags: DBS902
        return new(name)
    return old(name)


@DBOS.workflow()
def added(name: str) -> str:
    if DBOS.patch(PREFIX + name):  # flags: DBS902
        return new(name)
    return old(name)


@DBOS.workflow()
def twice(name: str) -> str:
    if DBOS.patch("first"):
        name = new(name)
    else:
        name = old(name)
    if DBOS.patch("first"):  # flags: DBS902
        return new(name)
    return old(name)


def helper(name: str, patch: str) -> str:
    return new(name) if DBOS.patch(patch.upper()) else old(name)  # flags: DBS902


@DBOS.workflow()
def by_helper(name: str) -> str:
    return helper(name, "patch")


@DBOS.workflow()
async def later(name: str) -> str:
    if await DBOS.patch_async("v" + name):  # flags: DBS902
        return name
    return await DBOS.run_step_async(None, str.upper, name)
