"""State of the module that nobody changes, or that is read in a step."""

from collections.abc import Callable

from dbos import DBOS

LIMIT = 3
PRICES = {"tea": 300}
HANDLERS = {}
FLAGS: dict[str, bool] = {}
NAMES = []
NAMES.append("built at import")
for number in range(3):
    NAMES.append(str(number))


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def is_fast() -> bool:
    return FLAGS.get("fast", False)


def enable(flag: str = "fast") -> None:
    FLAGS[flag] = True


OTHER_PARTS = (enable,)


def handler(function):
    """Registers at import, like routes."""
    HANDLERS[function.__name__] = function
    return function


@handler
def upper(name: str) -> str:
    return name.upper()


def local_change() -> list[str]:
    NAMES = ["x"]
    NAMES.append("y")
    return NAMES


@DBOS.workflow()
def constant(name: str) -> int:
    save(name, LIMIT)
    return LIMIT


@DBOS.workflow()
def constant_table(name: str) -> int:
    save(name, PRICES["tea"])
    return PRICES.get(name, 0)


@DBOS.workflow()
def built_at_import(name: str) -> list[str]:
    save(name, NAMES)
    return NAMES[:LIMIT]


@DBOS.workflow()
def registered_at_import(name: str) -> str:
    save(name, HANDLERS["upper"](name))
    return HANDLERS["upper"](name)


@DBOS.workflow()
def read_in_a_step(name: str) -> str:
    if is_fast():
        return name
    save(name, "slow")
    return "slow"


@DBOS.workflow()
def own_names(name: str) -> list[str]:
    FLAGS = {"fast": False}
    save(name, FLAGS["fast"])
    return local_change()


STARTERS: dict[str, object] = {}


def keep_starter(name: str, owner: object) -> None:
    STARTERS[name] = owner


def starter(owner: type) -> type:
    keep_starter(owner.__name__, owner)
    return owner


@starter
class Espresso:
    seconds = 25


@DBOS.workflow()
def table_of_decorated_classes(name: str) -> bool:
    return name in STARTERS


Maker = Callable[[str], str]
MAKERS: dict[str, Maker] = {}
SIZES: dict[str, int] = {}
_limit: int | None = None


def add_maker(name: str, maker: Maker) -> None:
    MAKERS[name] = maker


def register_size(name: str, size: int) -> None:
    SIZES[name] = size


def forget_limit() -> None:
    global _limit
    _limit = None


@DBOS.workflow()
def table_of_functions(name: str) -> bool:
    return name in MAKERS


@DBOS.workflow()
def registered_by_who_starts_it(name: str) -> int:
    return SIZES.get(name, 0)


@DBOS.workflow()
def given_back_what_it_was(name: str) -> bool:
    return _limit is None


@DBOS.transaction()
def keep(name: str) -> None:
    DBOS.sql_session.add(name)


@DBOS.workflow()
def reads_no_state_of_the_library(name: str) -> str:
    keep(name)
    DBOS.sleep(1)
    return name


class Counter:
    """Steps count in the class; workflows call them, and read nothing of it."""

    calls = 0

    @staticmethod
    @DBOS.step()
    def count(name: str) -> str:
        Counter.calls += 1
        return name

    @classmethod
    def label(cls, name: str) -> str:
        return f"{cls.__name__}:{name}"


@DBOS.workflow()
def calls_methods_of_a_class(name: str) -> str:
    return Counter.count(Counter.label(name))
