"""Coroutines nobody awaits."""

from dbos import DBOS


@DBOS.step()
async def notify(name: str) -> dict[str, str]:
    """A step."""
    return {"name": name}


@DBOS.workflow()
async def welcome(name: str) -> str:
    """Forgets to await."""
    await notify(name)
    await DBOS.sleep_async(1)
    return (await notify(name))["name"]
