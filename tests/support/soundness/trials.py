"""Trials: random programs, random edits of them, and what becomes of what is said of each.

In: a seed and numbers. Out: trials, the same ones every time.
Never: chooses only edits about which something is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from support.soundness.claims import Claim, Known, claimed, contradictions
from support.soundness.edits import edited
from support.soundness.programs import program


@dataclass(frozen=True, slots=True)
class Trial:
    """One change: of which program, by which edits, what is said of it, and what speaks against."""

    seed: int
    edits: str
    old: str
    new: str
    claim: Claim
    problem: str


def trials(first: int, programs: int, edits: int) -> Iterator[Trial]:
    """The changes of some programs, the same ones every time."""
    for seed in range(first, first + programs):
        text = ast.unparse(ast.parse(program(seed))) + "\n"
        chance = Random(seed)
        old = Known(text)
        for _ in range(edits):
            changed, names = edited(text, chance)
            if changed:
                new = Known(changed)
                claim = claimed(old, new)
                problem = next(contradictions(old, new, claim), "")
                yield Trial(seed, names, text, changed, claim, problem)
