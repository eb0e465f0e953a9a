"""What an error of the database means to the one who runs the program, and what to change.

In: an error of a driver. Out: one line of text. Never shows a statement, a parameter or a password:
of what the driver says only the first line is kept, where neither PostgreSQL nor SQLite put them.
"""

from __future__ import annotations

from collections.abc import Mapping

LONGEST_LINE = 300
# What a message contains, in lower case, and what helps.
ADVICE: Mapping[tuple[str, ...], str] = {
    ("too many connections", "too many clients", "remaining connection slots", "no more conn"): (
        "a process needs at least three connections; raise max_connections or the limit of the"
        " role, lower sys_db_pool_size, or put a pooler in between"
    ),
    ("statement timeout",): (
        "something holds the tables locked, or statement_timeout is too short for this database;"
        " raise it for the role of the application"
    ),
    ("read-only transaction", "hot standby"): (
        "this is a replica or a read-only role; give the URL of the primary"
    ),
    ("readonly database",): (
        "the file or its folder cannot be written; see to its owner, its mode and its file system"
    ),
    ("disk is full", "no space left"): "free some space; nothing that was committed is lost",
    ("unable to open database file",): (
        "the folder of the file has to exist, and this process must be able to write in it"
    ),
}


def explain(error: BaseException) -> str:
    """What the error says, on one line, and what to do about it where that is known."""
    told = first_line(error)
    lower = told.lower()
    for words, advice in ADVICE.items():
        if any(word in lower for word in words):
            return f"{told}: {advice}"
    return told


def first_line(error: BaseException) -> str:
    """The first line of an error; the name of its class when it says nothing."""
    # What could not be decoded follows there, and is not for everybody's eyes.
    told = str(error).partition(" with text ")[0] if _is_about_text(error) else str(error)
    lines = told.strip().splitlines()
    return lines[0][:LONGEST_LINE] if lines else type(error).__name__


def _is_about_text(error: BaseException) -> bool:
    return str(error).startswith("Could not decode")
