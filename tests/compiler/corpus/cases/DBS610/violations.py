"""Singletons that the first workflow creates: only the first one asks for them."""

from dbos import DBOS

_rates: dict[str, int] | None = None
_client = None
_settings: dict[str, str] = {}
_catalogue = None
_table: list[int] | None = None


@DBOS.step()
def load_rates() -> dict[str, int]:
    return {"eur": 100}


@DBOS.step()
def connect(name: str) -> str:
    return f"connection to {name}"


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def rates() -> dict[str, int]:
    global _rates
    if _rates is None:  # flags: DBS610
        _rates = load_rates()
    return _rates


class Catalogue:
    instance = None

    @classmethod
    def get(cls) -> "Catalogue":
        if cls.instance is None:  # flags: DBS610
            connect("catalogue")
            cls.instance = cls()
        return cls.instance

    def price(self, name: str) -> int:
        return len(name)


@DBOS.workflow()
def converted(amount: int) -> int:
    value = amount * rates()["eur"]
    save("value", value)
    return value


@DBOS.workflow()
def connected(name: str) -> str:
    global _client
    if _client is None:  # flags: DBS610
        _client = connect(name)
    save(name, _client)
    return _client


@DBOS.workflow()
def by_class(name: str) -> int:
    price = Catalogue.get().price(name)
    save(name, price)
    return price


@DBOS.workflow()
def or_created(name: str) -> str:
    global _catalogue
    _catalogue = _catalogue or connect("catalogue")  # flags: DBS610
    save(name, _catalogue)
    return name


@DBOS.workflow()
def not_yet(name: str) -> int:
    global _table
    if not _table:  # flags: DBS610
        _table = [len(connect(name))]
    save(name, _table)
    return _table[0]


@DBOS.workflow()
def once(name: str) -> str:
    if "address" not in _settings:  # flags: DBS610
        _settings["address"] = connect(name)
    save(name, "ready")
    return name
