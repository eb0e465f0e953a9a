"""The dependency on the original in pyproject.toml and in requirement files.

In: the texts of such files. Out: the texts with `dbos-build` where `dbos` stood, without its
version, which counts the original's releases. Never: touches another requirement.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from dbos_build.founding import toml

OURS, PEER = "dbos-build", "dbos"
_REQUIREMENT = re.compile(
    r"(?P<before>\s*)dbos\s*(?:\[(?P<extras>[^\]]*)\])?\s*(?P<version>(?:[<>=!~(@][^;#]*)?)"
    r"(?P<marker>;[^#]*)?(?P<comment>#.*)?$",
    re.IGNORECASE,
)

ELSEWHERE = ("Pipfile", "environment.yml", "setup.cfg", "setup.py")
"""Files with dependencies in forms of their own."""
_KEY = re.compile(r"""\s*["']?dbos["']?\s*=""", re.IGNORECASE)
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_TABLES = re.compile(r"tool\.poetry\.(?:.*\.)?(?:dev-)?dependencies|tool\.uv\.sources")
_MENTIONED = re.compile(
    r"""[^#]*?(?:^|[\s"'=-])dbos\s*(?:\[[^\]]*\])?\s*(?:["'=<>~!;,]|$)""", re.IGNORECASE
)


def requirement(text: str, extras: Collection[str]) -> str | None:
    """The requirement of ours for one of the original's; None for any other.

    Of its extras those stay that ours has.
    """
    found = _REQUIREMENT.match(text)
    if found is None:
        return None
    asked = [each.strip() for each in (found["extras"] or "").split(",")]
    kept = ",".join(each for each in asked if each in extras)
    marker = f" {found['marker'].strip()}" if found["marker"] else ""
    comment = f"  {found['comment']}" if found["comment"] else ""
    return f"{found['before']}{OURS}{f'[{kept}]' if kept else ''}{marker}{comment}"


def in_requirements(text: str, extras: Collection[str]) -> str:
    """A requirement file with our distribution in place of the original's."""
    lines = []
    for line in text.splitlines(keepends=True):
        end = line[len(line.rstrip("\r\n")) :]
        made = requirement(line.rstrip("\r\n"), extras)
        lines.append(line if made is None else made + end)
    return "".join(lines)


def left_in(name: str, text: str) -> tuple[int, ...]:
    """The lines of a file that name the original where nothing here rewrites it.

    Those are tables of Poetry and uv in pyproject.toml, and the files in `ELSEWHERE`.
    """
    found, table = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        if name != "pyproject.toml":
            is_left = _MENTIONED.match(line) is not None
        else:
            header = _HEADER.match(line)
            table = header[1] if header else table
            is_left = _TABLES.fullmatch(table) is not None and _KEY.match(line) is not None
        if is_left:
            found.append(number)
    return tuple(found)


def in_project(text: str, extras: Collection[str]) -> str | None:
    """pyproject.toml with our distribution in place of the original's.

    None when it stands where it cannot be replaced without touching something else.
    """
    return toml.with_requirements(text, lambda each: requirement(each, extras))
