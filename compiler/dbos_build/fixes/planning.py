"""From findings to a new text, for one file.

In: the text of a file and the findings in it. Out: a `FixResult`: the text with every fix that
applies, and for each finding left the reason. Never does: make two fixes that touch the same code
at once, or return a text that does not parse; reads and writes nothing.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from dbos_build.findings import Finding
from dbos_build.fixes import (
    asynchrony,
    calls,
    comments,
    decorators,
    defaults,
    extraction,
    handlers,
    imports,
    logs,
    ordering,
    queues,
    sleeping,
    transactions,
)
from dbos_build.fixes.catalogue import FIXES
from dbos_build.fixes.change import Change, Edit, Unfixable, apply, overlap
from dbos_build.fixes.draft import Draft, open_draft
from dbos_build.fixes.outcome import FixResult

FixFunction = Callable[[Draft, Finding], Change]

FUNCTIONS: Mapping[str, FixFunction] = MappingProxyType(
    {
        "allow-retries": decorators.allow_retries,
        "await-coroutine": asynchrony.await_coroutine,
        "call-in-thread": asynchrony.call_in_thread,
        "complete-decorator": decorators.complete,
        "decorator-order": decorators.reorder,
        "drop-commit": transactions.drop_commit,
        "drop-suppression": comments.drop_suppression,
        "durable-log": logs.durable_log,
        "durable-sleep": sleeping.durable_sleep,
        "durable-wait": asynchrony.durable_wait,
        "extract-step": extraction.extract_step,
        "hoist-queue": queues.hoist_queue,
        "matching-twin": asynchrony.matching_twin,
        "narrow-handler": handlers.narrow_handler,
        "none-default": defaults.none_default,
        "pass-function": calls.pass_function,
        "return-exceptions": calls.return_exceptions,
        "sort-elements": ordering.sort_elements,
        "utc-time": calls.utc_time,
    }
)
"""Name of a fix → what computes it."""

OVERLAPS = "it overlaps a fix that was applied; run again"
UNSAFE = "it needs --unsafe-fixes"


def plan(
    text: str,
    findings: Sequence[Finding],
    *,
    unsafe: bool = False,
    reserved: frozenset[str] = frozenset(),
) -> FixResult:
    """Fix what can be fixed in one pass over one file.

    The findings must be those of this very text. With `unsafe`, fixes are made too that may change
    what the first execution does. `reserved` are names that new functions must not have: a step
    has to have a name of its own in the whole project.
    """
    ordered = sorted(findings, key=lambda finding: finding.order)
    skipped: list[tuple[Finding, str]] = []
    wanted = []
    for finding in ordered:
        reason = _declined(finding, unsafe)
        if reason is None:
            wanted.append(finding)
        else:
            skipped.append((finding, reason))
    if not wanted:
        return FixResult(text, (), tuple(skipped))
    try:
        draft = replace(open_draft(text), reserved=reserved)
    except Unfixable as failure:
        return FixResult(text, (), (*skipped, *((each, str(failure)) for each in wanted)))
    changes: list[tuple[Finding, Change]] = []
    for finding in wanted:
        try:
            change = _change(draft, finding, [each for _, each in changes], unsafe)
        except Unfixable as refusal:
            skipped.append((finding, str(refusal)))
            continue
        changes.append((finding, change))
        draft = replace(draft, definitions=(*draft.definitions, *change.definitions))
    return _carry_out(draft, changes, skipped)


def _declined(finding: Finding, unsafe: bool) -> str | None:
    """Why a finding is not even tried."""
    fix = FIXES.get(finding.code)
    if fix is None:
        return "the rule has no fix"
    return UNSAFE if fix.safety == "unsafe" and not unsafe else None


def _change(draft: Draft, finding: Finding, others: Sequence[Change], unsafe: bool) -> Change:
    """The change for one finding, given the changes that come before it."""
    change = FUNCTIONS[FIXES[finding.code].name](draft, finding)
    if change.caution is not None and not unsafe:
        raise Unfixable(f"{change.caution}; {UNSAFE}")
    if any(overlap(change.edits, other.edits) for other in others):
        raise Unfixable(OVERLAPS)
    return change


def _carry_out(
    draft: Draft, changes: list[tuple[Finding, Change]], skipped: list[tuple[Finding, str]]
) -> FixResult:
    """Make all changes; if the result does not parse, find the one to blame and leave it out."""
    result = rewrite(draft, [change for _, change in changes])
    if not parses(result):
        for finding, change in changes:
            if not parses(rewrite(draft, [change])):
                skipped.append((finding, "the result would not be valid Python"))
                kept = [each for each in changes if each[0] is not finding]
                return _carry_out(draft, kept, skipped)
        skipped += [(finding, "the fixes do not go together") for finding, _ in changes]
        return FixResult(draft.text, (), tuple(skipped))
    return FixResult(result, tuple(finding for finding, _ in changes), tuple(skipped))


def rewrite(draft: Draft, changes: Sequence[Change]) -> str:
    """The text of a draft with changes made: their edits, definitions and imports."""
    edits = [edit for change in changes for edit in change.edits]
    for change in changes:
        for each in change.definitions:
            text = each.text + "\n" * (each.blank_lines + 1)
            edits.append(Edit(each.offset, each.offset, text))
    added = imports.edits(draft, [each for change in changes for each in change.imports])
    return apply(draft.text, [*added, *edits])


def parses(text: str) -> bool:
    """Whether a text is Python to this interpreter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
