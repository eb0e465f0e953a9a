"""What a replay says about one workflow.

In: what was found. Out: a ``Verdict``, as a value, as plain data and as a line for people.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal[
    "fits", "differs", "raised", "io", "undecodable", "unknown-function", "undecided", "stuck"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a replay found about one workflow.

    ``fits``: the code asked for every recorded operation again, by name and arguments. ``differs``:
    it asked for another one, at ``step`` and ``place``. ``raised``: it ended with an exception that
    is not on record. ``io``: it reached for the world outside. ``undecodable``: a recorded value
    cannot be read by this code. ``unknown-function``: this program has no such workflow.
    ``undecided``: a redacted value is needed. ``stuck``: it neither ended nor asked for anything.
    """

    workflow_id: str
    name: str
    status: str
    kind: Kind
    reason: str
    # how many of the recorded operations the code asked for again, and how many there are
    replayed: int = 0
    recorded: int = 0
    step: int | None = None
    expected: str | None = None
    asked: str | None = None
    place: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the code can take the workflow over."""
        return self.kind == "fits"

    def as_data(self) -> dict[str, Any]:
        """The verdict as plain data for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        return f"{self.workflow_id} ({self.name}): {self.kind}: {self.reason}{where}"
