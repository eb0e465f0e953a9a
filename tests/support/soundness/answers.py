"""Answers: what the steps of the random programs give, the same here and in the real runtime.

In: a seed, the name of an operation, its arguments as text. Out: a value of the type that the step
declares, now and then an error of a class of the program.
Never: depends on anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from support.soundness.stand_in import Made, Script, shown_value

_ANSWERED = ("step", "transaction", "get_result")


def script(seed: int, *, counts: bool = True) -> Script:
    """Answers by what is asked for and, when it `counts`, by how often it was before."""

    def answer(name: str, given: str, occurrence: int) -> object:
        chance = Random(f"{seed} {name} {given} {occurrence % 2 if counts else 0}")
        if name.startswith(_ANSWERED) and chance.random() < 0.15:
            return Made(chance.choice(("Refused", "Late")), ("no",))
        return _answer(name, chance)

    return answer


def _answer(name: str, chance: Random) -> object:
    match name.rpartition(" ")[2].removesuffix("_later"):
        case "rows":
            return [chance.randrange(4) for _ in range(chance.randrange(4))]
        case "table":
            return {key: chance.randrange(4) for key in "abc" if chance.random() < 0.6}
        case "worded" | "word":
            return chance.choice(("", "a", "b"))
        case "flag":
            return chance.random() < 0.5
        case "boxed":
            return Made("Box", (chance.randrange(3), [chance.randrange(3)]))
        case "sleep" | "set_event" | "send":
            return None
    return chance.randrange(5)


def real(space: Mapping[str, Any], name: str, given: tuple[object, ...]) -> object:
    """The answer of a step that runs, in a program whose module holds these names."""
    outcome = script(0, counts=False)(name, shown_value((given, {})), 0)
    if isinstance(outcome, Made):
        outcome = space[outcome.name](*outcome.given)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
