from __future__ import annotations

from typing import Iterator

from dbos import DBOS
from sqlalchemy.orm import Session


@DBOS.step()
def rows(name: str) -> Iterator[str]:  # flags: DBS851
    return iter([name])


@DBOS.step()
def with_session(session: Session, name: str) -> str:  # flags: DBS851
    return name


@DBOS.step(max_attempts=5)
def flaky(name: str) -> str:  # flags: DBS817
    return name


class Report:
    lines: list[str] = []

    @staticmethod
    @DBOS.step()
    def line(name: str) -> str:
        return name

    @DBOS.workflow()
    def build(self, name: str) -> list[str]:  # flags: DBS815
        self.lines.append(name)  # flags: DBS604
        return self.lines


@DBOS.workflow()
def garage(name: str) -> str:
    return flaky(name) + Report.line(name)
