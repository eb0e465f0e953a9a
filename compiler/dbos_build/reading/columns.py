"""Columns: from the bytes in which Python's parser counts to the characters that people see.

In: findings whose columns count UTF-8 bytes, and the texts. Out: the same findings with columns in
characters (code points), counting from 1. Never does: change a line, or a finding about a file that
did not parse; the tokenizer counts characters already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbos_build.findings import Finding, Link
from dbos_build.reading.module import Module

_LINE_END = re.compile(r"\r\n|\r|\n")


def in_characters(findings: Iterable[Finding], modules: Iterable[Module]) -> Iterator[Finding]:
    """The findings with all columns, those of their chains as well, in characters."""
    texts = {
        module.path: module.text
        for module in modules
        if module.tree is not None and not module.text.isascii()
    }
    lines: dict[str, list[str]] = {}

    def column(path: str, line: int, place: int) -> int:
        if path not in texts:
            return place
        if path not in lines:
            lines[path] = _LINE_END.split(texts[path])
        known = lines[path]
        return place if line > len(known) else character_column(known[line - 1], place)

    def link(each: Link) -> Link:
        return replace(each, column=column(each.path, each.line, each.column))

    for finding in findings:
        if not texts:
            yield finding
            continue
        yield replace(
            finding,
            column=column(finding.path, finding.line, finding.column),
            end_column=column(finding.path, finding.end_line, finding.end_column),
            chain=tuple(link(each) for each in finding.chain),
        )


def character_column(line: str, place: int) -> int:
    """The column in characters of a column in UTF-8 bytes, both counting from 1."""
    if line.isascii():
        return place
    before = line.encode("utf-8", "replace")[: max(place - 1, 0)]
    return len(before.decode("utf-8", "ignore")) + 1
