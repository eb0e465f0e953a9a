"""Patches where they cannot work: without the switch, or in a step."""

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": "shop"}
DBOS(config=config)


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


def helper(name: str) -> str:
    return new(name) if DBOS.patch("helper") else old(name)  # flags: DBS905


@DBOS.workflow()
def without_the_switch(name: str) -> str:
    if DBOS.patch("workflow"):  # flags: DBS905
        return new(name)
    return old(name)


@DBOS.workflow()
def by_helper(name: str) -> str:
    return helper(name)


@DBOS.workflow()
async def later(name: str) -> str:
    if await DBOS.patch_async("later"):  # flags: DBS905
        await DBOS.sleep_async(1)
    return name


@DBOS.step()
def in_a_step(name: str) -> str:
    return "new" if DBOS.patch("step") else name  # flags: DBS905


@DBOS.step()
async def in_an_async_step(name: str) -> str:
    return "new" if await DBOS.patch_async("step later") else name  # flags: DBS905


@DBOS.workflow()
def deprecated(name: str) -> str:
    DBOS.deprecate_patch("gone")  # flags: DBS905
    return new(name)
