"""Context that is durable, given, or read in a step."""

from contextvars import ContextVar

from dbos import DBOS

user: ContextVar[str] = ContextVar("user", default="nobody")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def current_user() -> str:
    return user.get()


class Local:
    name = "local"

    def get(self) -> str:
        return self.name


def log_in(name: str = "alice") -> None:
    user.set(name)


@DBOS.workflow()
def durable_user(name: str) -> str:
    who = DBOS.authenticated_user
    save(name, who)
    return str(who)


@DBOS.workflow()
def given_user(user: dict[str, str]) -> str:
    save("user", user.get("name", "nobody"))
    return user.get("b", "nobody")


@DBOS.workflow()
def in_a_step(name: str) -> str:
    return current_user()


@DBOS.workflow()
def own_local(name: str) -> str:
    save(name, Local().get())
    return Local.name


@DBOS.workflow()
def name_of_the_variable(name: str) -> str:
    save(name, user.name)
    return user.name


@DBOS.workflow()
def id_of_the_workflow(name: str) -> str:
    save(name, DBOS.workflow_id)
    return str(DBOS.workflow_id)
