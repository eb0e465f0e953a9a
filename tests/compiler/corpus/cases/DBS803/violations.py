"""Waiting and messages of workflows inside a step."""

from dbos import DBOS


def wait() -> object:
    return DBOS.recv("paid")  # flags: DBS803


class Shop:
    @DBOS.step()
    def tell(self, name: str) -> str:
        DBOS.send("workflow-1", name)  # flags: DBS803:warning
        return name


@DBOS.step()
def receives(name: str) -> object:
    return DBOS.recv()  # flags: DBS803


@DBOS.step()
def sleeps(name: str) -> str:
    DBOS.sleep(5)  # flags: DBS803
    return name


@DBOS.step()
async def sleeps_async(name: str) -> str:
    await DBOS.sleep_async(5)  # flags: DBS803
    return name


@DBOS.step()
def publishes(name: str) -> str:
    DBOS.set_event("state", name)  # flags: DBS803:warning
    return name


@DBOS.step()
def by_helper(name: str) -> object:
    return wait()


@DBOS.step()
def waits_for_an_event(name: str) -> object:
    return DBOS.get_event("workflow-1", "state")  # flags: DBS803:warning


@DBOS.step()
def tells_tokens(prompt: str) -> str:
    said = []
    for word in prompt.split():
        said.append(word)
        DBOS.write_stream("tokens", word)  # flags: DBS803:info
    return " ".join(said)
