"""Which findings the user wants to see.

In: findings, and the codes, prefixes or names of `select` and `ignore`. Out: those that remain.
Never: hides that a file could not be read or parsed; nothing else is known about such a file.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from dbos_build.config import Settings
from dbos_build.error import ConfigError
from dbos_build.findings import Finding
from dbos_build.rules import RULES

ALWAYS = frozenset({"DBS990", "DBS991"})
"""Syntax errors and unreadable files."""


def select(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return the findings that the settings let through, in the order given.

    Raises ConfigError for a selector that no rule answers to.
    """
    for selector in (*settings.select, *settings.ignore):
        _must_exist(selector)
    return [finding for finding in findings if finding.code in ALWAYS or _wanted(finding, settings)]


def _wanted(finding: Finding, settings: Settings) -> bool:
    if any(_answers(finding.code, finding.name, each) for each in settings.ignore):
        return False
    if not settings.select:
        return True
    return any(_answers(finding.code, finding.name, each) for each in settings.select)


def _answers(code: str, name: str, selector: str) -> bool:
    return name == selector or code.startswith(selector.upper())


def _must_exist(selector: str) -> None:
    if selector and any(_answers(rule.code, rule.name, selector) for rule in RULES):
        return
    known = [rule.name for rule in RULES] + [rule.code for rule in RULES]
    close = difflib.get_close_matches(selector, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "; see `dbos-build rule`"
    raise ConfigError(f"no rule answers to {selector!r}{hint}")
