"""Which findings the user wants to see.

In: findings, and the codes, prefixes or names of `select` and `ignore`. Out: those that remain.
Never: hides that a file could not be read or parsed; nothing else is known about such a file.
"""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Iterable

from dbos_build.error import ConfigError
from dbos_build.findings import Finding
from dbos_build.rules import RULES
from dbos_build.settings.config import Settings

ALWAYS = frozenset({"DBS990", "DBS991"})
"""Syntax errors and unreadable files."""


def select(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """Return the findings that the settings let through, in the order given.

    Raises ConfigError for a selector that no rule answers to.
    """
    must_exist(settings)
    per_file = [(_pattern(glob), codes) for glob, codes in settings.per_file_ignores]
    kept = []
    for finding in findings:
        if finding.code in ALWAYS or (
            _wanted(finding, settings)
            and not any(
                _answers(finding.code, finding.name, each) and matches(finding.path)
                for matches, codes in per_file
                for each in codes
            )
        ):
            kept.append(finding)
    return kept


def must_exist(settings: Settings) -> None:
    """Raise ConfigError when a selector names no rule, or when all that is selected is ignored."""
    lists = (settings.select, settings.extend_select, settings.ignore)
    for selectors in (*lists, *(codes for _, codes in settings.per_file_ignores)):
        for selector in selectors:
            _must_exist(selector)
    if settings.select and settings.ignore:
        _must_leave_something(settings)


def _must_leave_something(settings: Settings) -> None:
    wanted = (*settings.select, *settings.extend_select)
    for rule in RULES:
        if any(_answers(rule.code, rule.name, each) for each in wanted) and not any(
            _answers(rule.code, rule.name, each) for each in settings.ignore
        ):
            return
    selected, ignored = ", ".join(wanted), ", ".join(settings.ignore)
    raise ConfigError(
        f"select ({selected}) and ignore ({ignored}) leave no rule to check; change one of them"
    )


def _wanted(finding: Finding, settings: Settings) -> bool:
    if any(_answers(finding.code, finding.name, each) for each in settings.ignore):
        return False
    if not settings.select:
        return True
    selectors = (*settings.select, *settings.extend_select)
    return any(_answers(finding.code, finding.name, each) for each in selectors)


def _pattern(glob: str) -> Callable[[str], bool]:
    """Whether a relative path is meant by a pattern: a file, a folder, or a glob of either.

    A pattern without a slash also stands for files and folders of that name anywhere.
    """
    whole = glob.strip("/").removesuffix("/**").removesuffix("/*")

    def matches(path: str) -> bool:
        parts = path.split("/")
        heads = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        names = parts if "/" not in whole else []
        return any(fnmatch.fnmatchcase(each, whole) for each in (*heads, *names))

    return matches


def _answers(code: str, name: str, selector: str) -> bool:
    return name == selector or code.startswith(selector.upper())


def _must_exist(selector: str) -> None:
    if selector and any(_answers(rule.code, rule.name, selector) for rule in RULES):
        return
    known = [rule.name for rule in RULES] + [rule.code for rule in RULES]
    close = difflib.get_close_matches(selector, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "; see `dbos-build rule`"
    raise ConfigError(f"no rule answers to {selector!r}{hint}")
