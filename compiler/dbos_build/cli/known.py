"""The baseline file of a project: reading it, writing it, and leaving out what it knows.

In: an outcome and the path of the file. Out: the outcome without known findings, and one line about
entries that no finding answers to any more. Never: writes the file unless that was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dbos_build.checking import baseline
from dbos_build.cli.session import Outcome, displayed
from dbos_build.error import ConfigError
from dbos_build.reading import sources
from dbos_build.report.plain import counted

Checked = TypeVar("Checked", bound=Outcome)


def file_for(outcome: Outcome, given: Path | None) -> Path | None:
    """The baseline file: the one given, else the configured one, else None."""
    if given is not None:
        return given
    settings = outcome.settings
    if settings.baseline is None:
        return None
    return (settings.root or Path.cwd()) / settings.baseline


def sifted(outcome: Checked, given: Path | None) -> tuple[Checked, str]:
    """The outcome without the findings that the baseline knows, and what there is to say about it.

    Raises ConfigError when the file is missing or is no baseline.
    """
    file = file_for(outcome, given)
    if file is None:
        return outcome, ""
    if not file.exists():
        raise ConfigError(
            f"{displayed(file)}: there is no such baseline; --write-baseline makes it"
        )
    known = baseline.read(sources.read_text(file), displayed(file))
    fresh, expired = baseline.sift(outcome.findings, _texts(outcome), known)
    asked = {source.path for source in outcome.project.sources if source.requested}
    every = {source.path for source in outcome.project.sources}
    gone = [entry for entry in expired if entry.path in asked or entry.path not in every]
    note = ""
    if gone:
        first = min(gone)
        note = (
            f"{displayed(file)}: {counted(len(gone), 'finding')} expired, first {first.code} in "
            f"{first.function or 'the top level'} of {first.path}; --write-baseline drops them"
        )
    return replace(outcome, findings=tuple(fresh)), note


def write(outcome: Outcome, given: Path | None) -> str:
    """Write every finding of the outcome into the baseline file, and say so in one line.

    Raises OutputError when the file cannot be written.
    """
    from dbos_build.building import emit

    file = file_for(outcome, given)
    if file is None:
        file = (outcome.settings.root or Path.cwd()) / baseline.NAME
    found = baseline.entries(outcome.findings, _texts(outcome))
    emit.write(file, baseline.render(found))
    return f"wrote {displayed(file)}: {counted(len(found), 'finding')}"


def _texts(outcome: Outcome) -> dict[str, str]:
    needed = {finding.path for finding in outcome.findings}
    return {each.path: each.text or "" for each in outcome.project.sources if each.path in needed}
