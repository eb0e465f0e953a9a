"""What the analysis reports: findings, their severity and the chain that explains them.

In: nothing. Out: frozen values whose fields are those of the JSON output. Never does: decide
anything; rules make findings, reporters print them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error stops a build, a warning is shown, an info is advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Link:
    """One hop on the way from a workflow to the offending code.

    `function` is the qualified name of the function that holds the line, `what` the call or the
    value at that place. `line` and `column` count from 1.
    """

    path: str
    line: int
    column: int
    function: str
    what: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation at one place. Lines and columns count from 1; `path` is relative and posix.

    `workflow` is the registered name of the first workflow that reaches the place, or None when
    the finding is about a declaration or a file. `fix` is "safe", "unsafe" or None.
    """

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    workflow: str | None = None
    chain: tuple[Link, ...] = ()
    fix: str | None = None

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The key findings are sorted by: path, line, column, code, and the message last."""
        return (self.path, self.line, self.column, self.code, self.message)
