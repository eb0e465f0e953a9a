"""The command of endurance runs: `python -m endurance`, in the folder `tests`.

In: options. Out: a line for each violation and a summary, exit code 1 when there was any. It goes
on with the next seed until the time is over, so it may run for a minute or for a weekend.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from endurance.campaign import PLACES, Campaign, run


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m endurance", description=__doc__)
    parser.add_argument("--database", choices=sorted(PLACES), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the next ones follow")
    parser.add_argument("--seconds", type=float, default=30.0, help="of trouble for each seed")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on with further seeds")
    parser.add_argument("--workers", type=int, default=3, help="processes to begin with")
    return parser.parse_args()


def main() -> int:
    """Run seed after seed."""
    asked = options()
    deadline = time.monotonic() + asked.minutes * 60
    seed, failed = asked.seed, 0
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"endurance-{asked.database}-{seed}-"))
        campaign = Campaign(
            database=asked.database, seed=seed, seconds=asked.seconds, workers=asked.workers
        )
        report = run(campaign, folder)
        happened = ", ".join(f"{kind} {count}" for kind, count in sorted(report.happened.items()))
        print(f"seed {seed} on {asked.database}: {happened}", flush=True)
        for violation in report.violations:
            print(f"  VIOLATION {violation}", flush=True)
        if report.violations:
            failed += 1
            print(f"  see {folder}", flush=True)
        else:
            shutil.rmtree(folder)
        seed += 1
        if time.monotonic() >= deadline:
            return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
