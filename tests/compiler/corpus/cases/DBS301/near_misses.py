"""Settings that are inputs, constants, or read where that is fine."""

import os

from dbos import DBOS, DBOSConfig

config: DBOSConfig = {
    "name": os.environ.get("APPLICATION", "shop"),
    "system_database_url": os.environ.get("DBOS_SYSTEM_DATABASE_URL"),
}
DBOS(config=config)


@DBOS.step()
def region() -> str:
    return os.environ.get("REGION", "eu")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Settings:
    def __init__(self, values: dict[str, str]) -> None:
        self.environ = values

    def getenv(self, name: str) -> str:
        return self.environ.get(name, "")


def main() -> None:
    DBOS.logger.info(os.environ["HOME"])


@DBOS.workflow()
def in_a_step(name: str) -> str:
    place = region()
    save(name, place)
    return place


@DBOS.workflow()
def own_settings(name: str) -> str:
    settings = Settings({"MODE": "live"})
    save(name, settings.getenv("MODE"))
    return settings.environ["MODE"]


@DBOS.workflow()
def given(environ: dict[str, str]) -> str:
    save("mode", environ.get("MODE", "live"))
    return environ.get("b", "")


@DBOS.workflow()
def path_constants(name: str) -> str:
    save(name, os.sep + os.linesep)
    return os.path.join(name, os.pardir)


@DBOS.workflow()
def variable_name(name: str) -> str:
    variable = f"{name.upper()}_TOKEN"
    save(name, variable)
    return variable


@DBOS.workflow()
def recorded(name: str) -> str:
    value = DBOS.run_step(None, os.getenv, "MODE")
    save(name, value)
    return str(value)
