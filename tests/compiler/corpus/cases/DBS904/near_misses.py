"""Patches in use, and patches that are retired with their old branch."""

from dbos import DBOS


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


class Quilt:
    def deprecate_patch(self, name: str) -> bool:
        return bool(name)


@DBOS.workflow()
def in_use(name: str) -> str:
    if DBOS.patch("in use"):
        return new(name)
    return old(name)


@DBOS.workflow()
def retired(name: str) -> str:
    DBOS.deprecate_patch("retired")
    return new(name)


@DBOS.workflow()
def one_of_each(name: str) -> str:
    DBOS.deprecate_patch("first")
    name = new(name)
    if DBOS.patch("second"):
        name = new(name)
    return name


@DBOS.workflow()
async def retired_later(name: str) -> str:
    await DBOS.deprecate_patch_async("later")
    return name


@DBOS.workflow()
def still_in_use_elsewhere(name: str) -> str:
    return new(name) if DBOS.patch("retired") else old(name)


@DBOS.workflow()
def own_quilt(name: str) -> str:
    if Quilt().deprecate_patch("own"):
        return new(name)
    return old(name)
