"""Class based, with an abstract base and overridden hooks."""

from __future__ import annotations

import abc
import getpass
import os
import typing as t
import uuid

import ldap3
from dbos import DBOS, DBOSConfiguredInstance


class Directory(abc.ABC):
    @abc.abstractmethod
    def create(self, name: str) -> str:
        raise NotImplementedError

    def normalise(self, name: str) -> str:
        return name.strip().lower().replace(" ", ".")


class LdapDirectory(Directory):
    def __init__(self, url: str) -> None:
        self._connection = ldap3.Connection(ldap3.Server(url))

    def create(self, name: str) -> str:
        login = self.normalise(name)
        self._connection.add(f"cn={login}", "person")  # flags: DBS202
        return login


class Onboarding(DBOSConfiguredInstance, abc.ABC):
    steps: t.ClassVar[tuple[str, ...]] = ("account", "laptop")

    def __init__(self, name: str, directory: Directory) -> None:
        self.directory = directory
        self.log: list[str] = []
        super().__init__(config_name=name)

    def before(self, employee: str) -> None:
        """A hook for subclasses."""

    def tag(self) -> str:
        return "none"

    @DBOS.step()
    def order_laptop(self, login: str) -> str:
        return f"laptop-{login}"

    @DBOS.workflow()
    def run(self, employee: str) -> list[str]:
        self.before(employee)
        login = self.directory.create(employee)
        done = [f"{step}:{login}" for step in self.steps]
        self.log.extend(done)  # flags: DBS604
        return [*done, self.order_laptop(login), self.tag()]


@DBOS.dbos_class()
class EngineerOnboarding(Onboarding):
    def before(self, employee: str) -> None:
        self.started_by = getpass.getuser()  # flags: DBS303 DBS604

    def tag(self) -> str:
        return f"{os.getlogin()}-{uuid.uuid4()}"  # flags: DBS303 DBS104


engineers = EngineerOnboarding("engineers", LdapDirectory("ldap://localhost"))
