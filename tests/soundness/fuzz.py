"""Look for a change that is called safe and is not, for as long as you like.

    python tests/soundness/fuzz.py --first 100000 --programs 500 --edits 10

Each random program is edited at random; what is said of the change is held against executions. A
contradiction is printed with the pair of programs, made small. Exit code 1 when there was one.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("compiler", "templates", "tests")]

from support.soundness.claims import Known, claimed, contradictions  # noqa: E402 - found there
from support.soundness.edits import is_python  # noqa: E402
from support.soundness.reducing import reduced  # noqa: E402
from support.soundness.trials import trials  # noqa: E402


def shows(old: str, new: str) -> bool:
    """Whether what is said of a pair is contradicted."""
    if not (is_python(old) and is_python(new)):
        return False
    try:
        pair = Known(old), Known(new)
        return next(contradictions(*pair, claimed(*pair)), None) is not None
    except (LookupError, TypeError, ValueError, StopIteration):
        return False  # what is left is no program with a workflow any more


def main() -> int:
    """Run trials and print what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--first", type=int, default=0, help="seed of the first program")
    parser.add_argument("--programs", type=int, default=100, help="how many programs")
    parser.add_argument("--edits", type=int, default=10, help="how many edits of each")
    options = parser.parse_args()
    warnings.simplefilter("ignore", SyntaxWarning)
    counts: Counter[str] = Counter()
    wrong = 0
    for trial in trials(options.first, options.programs, options.edits):
        counts["same version" if trial.claim.is_same_version else trial.claim.kind] += 1
        if trial.problem:
            wrong += 1
            old, new = reduced(trial.old, trial.new, shows)
            print(f"seed {trial.seed}, {trial.edits}, {trial.claim.kind}: {trial.problem}")
            print(f"{old}\n# becomes\n\n{new}\n", flush=True)
    print(f"{sum(counts.values())} changes, {wrong} contradicted: {dict(counts.most_common())}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
