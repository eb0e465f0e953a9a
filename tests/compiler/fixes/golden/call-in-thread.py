"""Blocking calls in coroutines."""

from dbos import DBOS


@DBOS.transaction()
def store(name: str, count: int = 1) -> list[str]:
    """A transaction."""
    return [name] * count


@DBOS.workflow()
async def signup(name: str) -> str:
    """Blocks the loop."""
    store(name)  # fix DBS408: store(name)
    store(
        name,  # the name
        count=2,
    )  # fix DBS408
    return store("x")[0]  # fix DBS408: store("x")
