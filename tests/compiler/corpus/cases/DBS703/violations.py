"""Code that is chosen or made while the workflow runs: nobody can say what it does."""

import operator
import steps_module_that_is_given as steps

from dbos import DBOS

RUNNABLE = False


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Handlers:
    def paid(self, name: str) -> str:
        return f"paid {name}"

    def handle(self, event: str, name: str) -> str:
        return getattr(self, f"on_{event}")(name)  # flags: DBS703


def computed(formula: str) -> object:
    return eval(formula)  # flags: DBS703


@DBOS.workflow()
def chosen(name: str) -> object:
    return getattr(steps, name)(name)  # flags: DBS703


@DBOS.workflow()
def evaluated(formula: str) -> object:
    value = eval(formula)  # flags: DBS703
    save("value", value)
    return value


@DBOS.workflow()
def executed(code: str) -> str:
    exec(code)  # flags: DBS703
    return code


@DBOS.workflow()
def by_helper(formula: str) -> object:
    return computed(formula)


@DBOS.workflow()
def by_method(event: str, name: str) -> str:
    return Handlers().handle(event, name)


@DBOS.workflow()
def by_global_name(name: str) -> object:
    return globals()[name](name)  # flags: DBS703


@DBOS.workflow()
def through_a_variable(name: str) -> object:
    action = getattr(steps, f"do_{name}")
    return action(name)  # flags: DBS703


@DBOS.workflow()
def by_method_caller(name: str) -> object:
    return operator.methodcaller(name)(Handlers())  # flags: DBS703
