"""From findings and texts to the values of the protocol.

In: findings, links and replacements. Out: diagnostics, ranges and edits. Never does: change a word
of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from lsprotocol import types

from dbos_build import rules
from dbos_build.findings import Finding, Link, Severity
from dbos_lint import positions
from dbos_lint.positions import Encoding, Position, Replacement
from dbos_lint.project import Result

SOURCE = "dbos-build"
_SEVERITIES = MappingProxyType(
    {
        Severity.ERROR: types.DiagnosticSeverity.Error,
        Severity.WARNING: types.DiagnosticSeverity.Warning,
        Severity.INFO: types.DiagnosticSeverity.Information,
    }
)
_UNUSED = frozenset({"DBS992"})
_BOOK = Path(rules.__file__).with_name("README.md")


class Translator:
    """Turns places of one result into places of the protocol; splits every text once."""

    def __init__(self, result: Result, encoding: Encoding, uris: Mapping[Path, str]) -> None:
        self._result = result
        self._encoding = encoding
        self._uris = uris
        self._lines: dict[str, list[str]] = {}

    def uri(self, path: str) -> str:
        """The address of a file of the project."""
        place = self._result.root / path
        return self._uris.get(place) or place.as_uri()

    def position(self, path: str, line: int, column: int) -> types.Position:
        """A place whose line and column count from 1, in characters."""
        if path not in self._lines:
            self._lines[path] = positions.lines_of(self._result.texts.get(path, ""))
        lines = self._lines[path]
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        units = positions.to_units(text, column - 1, self._encoding)
        return types.Position(max(line - 1, 0), units)

    def range(self, finding: Finding) -> types.Range:
        """The range of a finding."""
        start = self.position(finding.path, finding.line, finding.column)
        end = self.position(finding.path, finding.end_line, finding.end_column)
        return types.Range(start, max(start, end))

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """A finding, with its chain as related places."""
        anchor = f"{finding.code}-{finding.name}".lower()
        related = [self._related(link) for link in finding.chain]
        return types.Diagnostic(
            range=self.range(finding),
            message=finding.message,
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            code_description=types.CodeDescription(f"{_BOOK.as_uri()}#{anchor}"),
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if finding.code in _UNUSED else None,
            related_information=related or None,
            data={"name": finding.name, "workflow": finding.workflow, "fix": finding.fix},
        )

    def diagnostics(self, path: str) -> list[types.Diagnostic]:
        """Everything that was found in a file."""
        return [self.diagnostic(each) for each in self._result.findings.get(path, ())]

    def _related(self, link: Link) -> types.DiagnosticRelatedInformation:
        place = self.position(link.path, link.line, link.column)
        location = types.Location(self.uri(link.path), types.Range(place, place))
        return types.DiagnosticRelatedInformation(location, f"{link.function}: {link.what}")


def edit(change: Replacement) -> types.TextEdit:
    """A replacement as an edit."""
    return types.TextEdit(types.Range(place(change.start), place(change.end)), change.text)


def place(position: Position) -> types.Position:
    """A position that is in units already."""
    return types.Position(position.line, position.column)


def position(given: types.Position) -> Position:
    """A position that the editor gave, in units."""
    return Position(max(given.line, 0), max(given.character, 0))
