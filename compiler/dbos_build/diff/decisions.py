"""Decisions: what a joint run of two flows already knows about conditions.

In: conditions with the answers they were given. Out: the answer of a condition, if it follows.
Never: answers a condition that only probably holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbos_build.diff.meanings import Meanings

YES, NO = "yes", "no"
_NORMAL = {"each": YES, "done": NO, "patched": YES, "unpatched": NO}
Facts = Mapping[int, str]
"""The answer of each condition that was met, by its meaning."""


def answer_of(label: str) -> str:
    """Return what an edge's label says about the condition of its node."""
    if label.startswith(("except", "case ")):
        return YES
    return _NORMAL.get(label, label)


def decided(meanings: Meanings, facts: Facts, condition: int) -> str | None:
    """Return the answer of a condition; None when it may be any."""
    known = facts.get(condition)
    if known is not None:
        return known
    truth = meanings.known(condition)
    if truth is not None:
        return YES if truth else NO
    head, parts = meanings.rows[condition]
    if head == "not":
        inner = decided(meanings, facts, parts[0])
        return {YES: NO, NO: YES}.get(inner) if inner is not None else None
    if head in ("and", "or"):
        return _combined(meanings, facts, parts, is_and=head == "and")
    if head == "select":
        chosen = decided(meanings, facts, parts[0])
        if chosen in (YES, NO):
            return decided(meanings, facts, parts[1 if chosen == YES else 2])
    return None


def _combined(
    meanings: Meanings, facts: Facts, parts: tuple[int, ...], *, is_and: bool
) -> str | None:
    found = [decided(meanings, facts, part) for part in parts]
    stopping, passing = (NO, YES) if is_and else (YES, NO)
    if stopping in found:
        return stopping
    return passing if all(each == passing for each in found) else None


def learned(meanings: Meanings, facts: Facts, condition: int, answer: str) -> dict[int, str]:
    """Return the facts with an answer, and with what follows from it."""
    found = dict(facts)
    if not meanings.is_certain(condition):
        return found
    pending = [(condition, answer)]
    while pending:
        each, given = pending.pop()
        found[each] = given
        head, parts = meanings.rows[each]
        if head == "not" and given in (YES, NO):
            pending.append((parts[0], NO if given == YES else YES))
        elif (head == "and" and given == YES) or (head == "or" and given == NO):
            pending.extend((part, given) for part in parts)
    return found
