"""Steps called by plain code: they run, and nothing is recorded."""

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.step()
async def charge_async(name: str) -> str:
    return name


class Shop:
    @DBOS.step()
    def pack(self, name: str) -> str:
        return name


def endpoint(name: str) -> str:
    return charge(name)  # flags: DBS828:info


async def async_endpoint(name: str) -> str:
    return await charge_async(name)  # flags: DBS828:info


def method(name: str) -> str:
    return Shop().pack(name)  # flags: DBS828:info


def loop(names: list[str]) -> list[str]:
    return [charge(name) for name in names]  # flags: DBS828:info


class Handler:
    def handle(self, name: str) -> str:
        return charge(name)  # flags: DBS828:info


def conditional(name: str) -> str:
    if name:
        return charge(name)  # flags: DBS828:info
    return "nothing"


@DBOS.workflow()
def child(name: str) -> str:
    return charge(name)
