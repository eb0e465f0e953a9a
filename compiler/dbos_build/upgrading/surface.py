"""What the installed runtime offers, as it says itself.

In: nothing but this environment. Out: `Surface`. Never: imports the runtime into this process, or
anything from the current folder.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from dbos_build.error import SourceError

_SECONDS = 60
_ASK = """\
import inspect, json, pkgutil
import dbos, dbos.error, dbos.testing

def keywords(entry):
    entry = getattr(entry, "__func__", entry)
    try:
        found = inspect.signature(entry).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_KEYWORD for each in found):
        return None
    return [each.name for each in found]

print(json.dumps({
    "modules": {
        "dbos": dir(dbos) + [each.name for each in pkgutil.iter_modules(dbos.__path__)],
        "dbos.error": dir(dbos.error),
        "dbos.testing": dir(dbos.testing),
    },
    "verbs": {
        name: keywords(inspect.getattr_static(dbos.DBOS, name)) for name in dir(dbos.DBOS)
    },
}))
"""


@dataclass(frozen=True, slots=True)
class Surface:
    """`modules` are the names that public modules have; `verbs` are those of `DBOS`.

    A verb has the names of its parameters, or None when it takes any keyword or is not called.
    """

    modules: Mapping[str, frozenset[str]]
    verbs: Mapping[str, tuple[str, ...] | None]

    def home(self, name: str) -> str | None:
        """The public module that offers a name, or None."""
        order = ("dbos", "dbos.error", "dbos.testing")
        return next((each for each in order if name in self.modules[each]), None)


def installed() -> Surface:
    """What the runtime in this environment offers. Raises SourceError when it is not ours."""
    # -P: what lies in the current folder is not ours to import.
    command = [sys.executable, "-P", "-c", _ASK]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
        told = json.loads(done.stdout)
        modules = {name: frozenset(names) for name, names in told["modules"].items()}
        verbs = {
            name: None if given is None else tuple(given) for name, given in told["verbs"].items()
        }
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as failure:
        lines = (getattr(failure, "stderr", "") or str(failure)).strip().splitlines()
        raise SourceError(
            f"the runtime of dbos-build cannot be asked what it offers: {lines[-1]}; "
            "`dbos-build doctor` may say why"
        ) from failure
    return Surface(modules, verbs)
