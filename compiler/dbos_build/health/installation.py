"""The installation: Python, the distributions beside ours, and the extras.

In: what is installed in the environment of this process, and the project's folders. Out: checks.
Never: imports a package to find out about it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from dbos_build.health.check import Check, fine, note, problem

OURS = "dbos-build"
PEER = "dbos"
TRIED = ((3, 11), (3, 13))
"""The first and the last Python that the releases of dbos-build are tried on."""
_PURPOSES = {
    "asyncio": "asynchronous datasources",
    "console": "`dbos console`",
    "kafka": "`@DBOS.kafka_consumer`",
    "lsp": "`dbos-build server`",
    "otel": "traces",
    "postgres": "a Postgres without a server of one's own",
}
_NOT_FOR_USERS = frozenset({"all", "test"})


def installation(folders: Sequence[Path], *, types: bool) -> Iterator[Check]:
    """Everything about the environment; `types` says whether the project is checked with mypy."""
    yield _python(sys.version_info[:2])
    yield _distributions()
    yield from _hidden(folders)
    yield from _extras()
    if types and not is_installed("mypy"):
        message = "`types = true` needs mypy, which is not installed"
        yield problem("types", message, "pip install mypy")


def is_installed(name: str) -> bool:
    """Whether a distribution is in the environment of this process."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _python(version: tuple[int, ...]) -> Check:
    shown = ".".join(map(str, version))
    first, last = (".".join(map(str, each)) for each in TRIED)
    if version > TRIED[1]:
        return note("python", f"{shown} is newer than what was tried, {first} to {last}")
    return fine("python", shown)


def _distributions() -> Check:
    """A second distribution with a package `dbos` overwrites our files, or we its."""
    if not is_installed(PEER):
        version = metadata.version(OURS) if is_installed(OURS) else "from a checkout"
        return fine("distribution", f"{OURS} {version} is the only one with a package dbos")
    other = metadata.distribution(PEER)
    name = other.metadata["Name"] or PEER
    return problem(
        "distribution",
        f"{name} {other.version} is installed, too; both provide the package dbos, and overwrite "
        "each other's files",
        f"pip uninstall --yes {name} {OURS} && pip install {OURS}",
    )


def _hidden(folders: Sequence[Path]) -> Iterator[Check]:
    """Modules of the project that are imported in place of ours."""
    for folder in folders:
        for name in ("dbos.py", "dbos/__init__.py"):
            if os.path.isfile(folder / name):
                where = folder / name.partition("/")[0]
                yield problem("import", f"{where} hides the package dbos; rename it")


def _extras() -> Iterator[Check]:
    """The extras that are not installed."""
    if not is_installed(OURS):
        return
    wanted: dict[str, list[str]] = {}
    for requirement in metadata.requires(OURS) or ():
        marked = re.search(r"""extra\s*==\s*['"]([\w.-]+)['"]""", requirement)
        name = re.match(r"[A-Za-z0-9][\w.-]*", requirement)
        if marked and name and marked[1] not in _NOT_FOR_USERS and name[0] != OURS:
            wanted.setdefault(marked[1], []).append(name[0])
    missing = [
        extra
        for extra, names in sorted(wanted.items())
        if not all(is_installed(name) for name in names)
    ]
    installed = sorted(wanted.keys() - set(missing))
    if installed:
        yield fine("extras", f"{', '.join(installed)} installed")
    if missing:
        shown = ", ".join(f"{extra} ({_PURPOSES.get(extra, 'optional')})" for extra in missing)
        install = f"pip install '{OURS}[{','.join(missing)}]'"
        yield note("extras", f"not installed, and not needed otherwise: {shown}", install)
