"""A guard against another installed distribution that also offers the import package ``dbos``.

In: the installed distributions. Out: nothing, or one error that names both. Never imports anything
of them.
"""

from __future__ import annotations

from importlib import metadata

from dbos.error import DBOSInitializationError

OURS = "dbos-build"


def check() -> None:
    """Raise ``DBOSInitializationError`` when another distribution provides ``dbos``, too."""
    try:
        other = metadata.distribution("dbos")
    except metadata.PackageNotFoundError:
        return
    name = other.metadata["Name"] or "dbos"
    if name.lower().replace("_", "-") != OURS:
        raise DBOSInitializationError(
            f"Two installed distributions provide the package dbos: {OURS} and {name}"
            f" {other.version}. Their files overwrite each other; uninstall both and install the"
            f" one you want: pip uninstall {name} {OURS} && pip install {OURS}"
        )
