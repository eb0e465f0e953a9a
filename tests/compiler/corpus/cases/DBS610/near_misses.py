"""Created at import, created per call, or created in a step."""

from dbos import DBOS

RATES = {"eur": 100}
_connection = None


class Client:
    def __init__(self, name: str) -> None:
        self.name = name

    def price(self, name: str) -> int:
        return len(name)


CLIENT = Client("shop")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def connected(name: str) -> str:
    global _connection
    if _connection is None:
        _connection = f"connection to {name}"
    return _connection


class Lazy:
    def __init__(self) -> None:
        self.value: int | None = None

    def get(self) -> int:
        if self.value is None:
            self.value = 5
        return self.value


@DBOS.workflow()
def at_import(name: str) -> int:
    price = CLIENT.price(name)
    save(name, price)
    return price * RATES["eur"]


@DBOS.workflow()
def per_call(name: str) -> int:
    client = None
    if client is None:
        client = Client(name)
    save(name, client.price(name))
    return client.price(name)


@DBOS.workflow()
def in_a_step(name: str) -> str:
    return connected(name)


@DBOS.workflow()
def lazy_object_of_the_call(name: str) -> int:
    value = Lazy().get()
    save(name, value)
    return value


@DBOS.workflow()
def optional_argument(name: str, client: Client | None = None) -> int:
    client = client or Client(name)
    save(name, client.price(name))
    return client.price(name)


@DBOS.workflow()
def missing_key(name: str) -> int:
    rates = dict(RATES)
    if name not in rates:
        rates[name] = 1
    save(name, rates[name])
    return rates[name]


_count_step = None


def count_step() -> object:
    global _count_step
    if _count_step is None:

        @DBOS.step(name="count")
        def count(name: str) -> int:
            return len(name)

        _count_step = count
    return _count_step


@DBOS.workflow()
def step_defined_on_first_use(name: str) -> object:
    return count_step()(name)
