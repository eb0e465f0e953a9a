"""One thing that was looked at, and how it was found.

In: nothing. Out: `Check`, the form in which everything is reported. Never does: look.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something was found: a problem has to be mended, a note is worth knowing."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it was found, one line about it, and what to run; "" for nothing."""

    name: str
    state: State
    message: str
    command: str = ""


def fine(name: str, message: str) -> Check:
    """Something as it should be."""
    return Check(name, State.OK, message)


def note(name: str, message: str, command: str = "") -> Check:
    """Something that is worth knowing."""
    return Check(name, State.NOTE, message, command)


def problem(name: str, message: str, command: str = "") -> Check:
    """Something that has to be mended."""
    return Check(name, State.PROBLEM, message, command)
