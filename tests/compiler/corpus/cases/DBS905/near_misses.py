"""Patches in workflows of a program that enabled them."""

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": "shop", "enable_patching": True}
DBOS(config=config)


@DBOS.step()
def old(name: str) -> str:
    return name


@DBOS.step()
def new(name: str) -> str:
    return name


class Quilt:
    def patch(self, name: str) -> bool:
        return bool(name)


def helper(name: str) -> str:
    return new(name) if DBOS.patch("helper") else old(name)


@DBOS.workflow()
def in_a_workflow(name: str) -> str:
    if DBOS.patch("workflow"):
        return new(name)
    return old(name)


@DBOS.workflow()
def by_helper(name: str) -> str:
    return helper(name)


@DBOS.workflow()
async def later(name: str) -> str:
    if await DBOS.patch_async("later"):
        await DBOS.sleep_async(1)
    return name


@DBOS.step()
def own_patch(name: str) -> str:
    return "new" if Quilt().patch("step") else name


@DBOS.workflow()
def deprecated(name: str) -> str:
    DBOS.deprecate_patch("gone")
    return new(name)


@DBOS.workflow()
def without_patches(name: str) -> str:
    return own_patch(name)
