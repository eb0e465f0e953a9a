"""What a picture is made from: a workflow's flow, where its nodes are written, and where they link.

In: a flow and the places of its nodes. Out: a `Picture`. Never: more than values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbos_build.flow.graph import Flow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is written; `line` and `column` count from 1."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A workflow to draw: `places` and `links` say for node numbers where they are written."""

    workflow: str
    flow: Flow
    places: Mapping[int, Place] = field(default_factory=dict)
    links: Mapping[int, str] = field(default_factory=dict)
