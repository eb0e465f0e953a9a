"""Mentions: what of a text matters beside its tree: whether it imports `dbos`, and a few words.

In: the text of a module. Out: whether one of its imports may name `dbos` or `DBOS`, and whether two
texts tell the same. Never does: parse; a line of prose that reads like an import is taken for one,
no import is overlooked.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"\b(?:dbos|DBOS)\b")
_IMPORTS = re.compile(r"\b(?:from|import)\b")
_ONLY_NAMES = re.compile(r"[\s\w,(\\]*")
_DYNAMIC = ("import_module", "__import__")

LAUNCH_WORD = "launch"
LAUNCH_CALL = ".launch("
CONFIGURATION_CALL = "DBOS("
PATCHING_SWITCH = "enable_patching"
SOUGHT = (LAUNCH_WORD, LAUNCH_CALL, CONFIGURATION_CALL, PATCHING_SWITCH)
"""All that the analysis and the rules look for in texts: they see them nowhere else."""


def tell_the_same(one: str, other: str) -> bool:
    """Whether two texts, whose trees do not differ, are the same to the analysis and the rules."""
    if any((word in one) != (word in other) for word in SOUGHT):
        return False
    return imports_dbos(one) == imports_dbos(other)


def imports_dbos(text: str) -> bool:
    """Whether a module may import `dbos`, or something that is called `DBOS`, from anywhere.

    A name counts when `from` or `import` stands before it in its line, or when only names do: the
    later lines of an import in parentheses. Where modules are imported by text, any mention counts.
    """
    found = _NAME.search(text)
    if found is None:
        return False
    if any(word in text for word in _DYNAMIC):
        return True
    while found is not None:
        begin = text.rfind("\n", 0, found.start()) + 1
        before = text[begin : found.start()]
        if _IMPORTS.search(before) or _ONLY_NAMES.fullmatch(before):
            return True
        end = text.find("\n", found.end())
        found = _NAME.search(text, end) if end >= 0 else None
    return False
