"""What fixing gave: the new text, what was fixed, and why the rest was not.

In: nothing. Out: frozen values. Never does: load what the fixes need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dbos_build.findings import Finding


@dataclass(frozen=True, slots=True)
class FixResult:
    """One file after one pass. `skipped` pairs a finding with the reason it is still there."""

    text: str
    applied: tuple[Finding, ...]
    skipped: tuple[tuple[Finding, str], ...]


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """A project after all passes.

    `texts` are the new texts by path, of changed files only; `applied` the findings fixed;
    `remaining` those that the last analysis still has; `skipped` are reasons for some of these.
    """

    texts: Mapping[str, str]
    applied: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    skipped: tuple[tuple[Finding, str], ...]
