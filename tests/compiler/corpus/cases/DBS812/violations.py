"""Durable functions that a recovering process cannot find by their name."""

from dbos import DBOS


def factory(prefix: str):
    @DBOS.workflow()
    def inner(name: str) -> str:  # flags: DBS812:error
        return prefix + name

    return inner


def step_factory(prefix: str):
    @DBOS.step()
    def inner_step(name: str) -> str:  # flags: DBS812:warning
        return prefix + name

    return inner_step


shout = DBOS.workflow()(lambda name: name.upper())  # flags: DBS812

for number in range(3):

    @DBOS.workflow(name=f"numbered-{number}")
    def numbered(name: str) -> str:  # flags: DBS812
        return name


class Shop:
    def make(self):
        @DBOS.transaction()
        def store(name: str) -> str:  # flags: DBS812:warning
            DBOS.sql_session.execute("INSERT")
            return name

        return store


@DBOS.workflow()
def outer(name: str) -> str:
    @DBOS.step()
    def local_step(value: str) -> str:  # flags: DBS812:warning
        return value

    return local_step(name)


def pipeline(region: str) -> object:
    @DBOS.workflow(name=f"pipeline-{region}")
    def run(name: str) -> str:  # flags: DBS812:warning
        return name

    return run


def fixed_pipeline() -> object:
    @DBOS.workflow(name="fixed-pipeline")
    def run(name: str) -> str:  # flags: DBS812:warning
        return name

    return run


def unnamed_pipeline() -> object:
    @DBOS.workflow()
    def run(name: str) -> str:  # flags: DBS812:error
        return name

    return run


def configured_pipeline(options: dict) -> object:
    @DBOS.workflow(**options)
    def run(name: str) -> str:  # flags: DBS812:warning
        return name

    return run
