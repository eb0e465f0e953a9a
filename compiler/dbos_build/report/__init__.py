"""What the command line prints: findings in the form somebody asked for.

In: a `Report`. Out: text. Never: decides what a finding is, prints, or knows which command asked.
Each form is one module; `FORMATS` names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dbos_build.findings import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one check.

    `findings` are sorted. `texts` holds the text of every file that a finding points into, by the
    path the finding has. `shown_paths` says how to print a path, where that differs. `files` and
    `workflows` are counts.
    """

    findings: tuple[Finding, ...]
    texts: Mapping[str, str]
    files: int
    workflows: int
    shown_paths: Mapping[str, str] = field(default_factory=dict)
    colour: bool = False

    def shown(self, path: str) -> str:
        """The path as the user can open it from where they are."""
        return self.shown_paths.get(path, path)


def _full(report: Report) -> str:
    from dbos_build.report import full

    return full.render(report)


def _concise(report: Report) -> str:
    from dbos_build.report import concise

    return concise.render(report)


def _json(report: Report) -> str:
    from dbos_build.report import records

    return records.render_array(report)


def _json_lines(report: Report) -> str:
    from dbos_build.report import records

    return records.render_lines(report)


def _github(report: Report) -> str:
    from dbos_build.report import github

    return github.render(report)


def _gitlab(report: Report) -> str:
    from dbos_build.report import gitlab

    return gitlab.render(report)


def _junit(report: Report) -> str:
    from dbos_build.report import junit

    return junit.render(report)


def _sarif(report: Report) -> str:
    from dbos_build.report import sarif

    return sarif.render(report)


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "full": _full,
        "concise": _concise,
        "json": _json,
        "json-lines": _json_lines,
        "github": _github,
        "gitlab": _gitlab,
        "junit": _junit,
        "sarif": _sarif,
    }
)
"""Every output format of `dbos-build check`; a module is imported when its format is asked for."""
