"""Coroutines nobody awaits."""

from dbos import DBOS


@DBOS.step()
async def notify(name: str) -> dict[str, str]:
    """A step."""
    return {"name": name}


@DBOS.workflow()
async def welcome(name: str) -> str:
    """Forgets to await."""
    notify(name)  # fix DBS406: notify(name)
    DBOS.sleep_async(1)  # fix DBS406: DBOS.sleep_async(1)
    return notify(name)["name"]  # fix DBS406: notify(name)
