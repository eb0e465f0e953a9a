"""Calls that nothing in the program explains; reported with --strict."""

from collections.abc import Callable

from dbos import DBOS

RUNNABLE = False


@DBOS.step()
def save(value: object) -> None:
    """Store a value."""
    DBOS.logger.info("%s", value)


def helper(plugin, name: str) -> object:
    return plugin.transform(name)  # flags: DBS704


class Runner:
    def __init__(self, engine) -> None:
        self.engine = engine

    def run(self, name: str) -> object:
        return self.engine.execute(name)  # flags: DBS704


@DBOS.workflow()
def method_of_an_argument(plugin, name: str) -> object:
    return plugin.run(name)  # flags: DBS704


@DBOS.workflow()
def called_argument(action: Callable[[str], str], name: str) -> str:
    return action(name)  # flags: DBS704


@DBOS.workflow()
def by_helper(plugin, name: str) -> object:
    return helper(plugin, name)


@DBOS.workflow()
def by_attribute(engine, name: str) -> object:
    return Runner(engine).run(name)


@DBOS.workflow()
def of_a_list(plugins: list, name: str) -> list[object]:
    return [plugin(name) for plugin in plugins]  # flags: DBS704


@DBOS.workflow()
def of_a_dictionary(actions: dict, name: str) -> object:
    return actions[name](name)  # flags: DBS704
