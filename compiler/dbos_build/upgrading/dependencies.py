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


def in_project(text: str, extras: Collection[str]) -> str | None:
    """pyproject.toml with our distribution in place of the original's.

    None when it stands where it cannot be replaced without touching something else.
    """
    return toml.with_requirements(text, lambda each: requirement(each, extras))
