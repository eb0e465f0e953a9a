"""Cases of fixes: Python files whose findings are marked, and what the fixed file looks like.

A line that ends in `# fix DBS001: time.time()` has a finding of that code at the first such text
on the line, or on the whole line without a text. Marks are no part of the file that is fixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dbos_build.findings import Finding, Severity

GOLDEN = Path(__file__).resolve().parent.parent / "compiler" / "fixes" / "golden"
_MARK = re.compile(r"  # fix (?P<code>DBS\d+)(?:: (?P<text>.*))?$")


@dataclass(frozen=True, slots=True)
class Case:
    """A file before it is fixed, without its marks, and the findings that these stood for."""

    text: str
    findings: tuple[Finding, ...]


def read(marked: str, path: str = "case.py") -> Case:
    """Take the marks out of a text."""
    lines, findings = [], []
    for number, line in enumerate(marked.split("\n"), start=1):
        mark = _MARK.search(line)
        if mark is not None:
            line = line[: mark.start()]
            wanted = mark["text"] or line.strip()
            column = line.index(wanted)
            findings.append(at(mark["code"], number, column, number, column + len(wanted), path))
        lines.append(line)
    return Case("\n".join(lines), tuple(findings))


def at(
    code: str, line: int, column: int, end_line: int, end_column: int, path: str = "case.py"
) -> Finding:
    """A finding at a place; the line counts from one, the column, for this call only, from zero."""
    return Finding(
        code=code,
        name="case",
        severity=Severity.ERROR,
        message="a case",
        path=path,
        line=line,
        column=column + 1,
        end_line=end_line,
        end_column=end_column + 1,
    )


def cases() -> list[Path]:
    """The golden cases, one file per fix."""
    return sorted(path for path in GOLDEN.glob("*.py") if not path.name.endswith(".fixed.py"))


def fix_name(path: Path) -> str:
    """The fix that a golden case is for; a fix has several as `name--aspect.py`."""
    return path.stem.partition("--")[0]
