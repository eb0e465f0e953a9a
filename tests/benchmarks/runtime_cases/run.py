"""Run one case in this process: `run.py CASE URL [PART ARGUMENT …]`; prints its figures as JSON.

In: the name of a case module beside this file, and the URL of a new database; with a PART, the
function of the case that another process asked for. Out: the last line of standard output, figure
name → number. Needs only the public API of `dbos`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def main(case: str, url: str, part: str | None = None, *arguments: str) -> None:
    """Run a case and print its figures, or run a part of it."""
    from bench import Bench

    module: Any = importlib.import_module(case)
    bench = Bench(case, url)
    if part is None:
        print("\n" + json.dumps(module.measure(bench)))
    else:
        getattr(module, part)(bench, *arguments)
    # What still runs is of no interest, and waiting for it would cost the next case its quiet.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
