"""Every way in which a call gets into a workflow: found where it stands, quiet when harmless."""

from __future__ import annotations

import pytest

from support.analysis import findings
from support.carriers import CARRIERS, HARMLESS, VIOLATIONS


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_violation_is_found_through(carrier: str) -> None:
    """Each source, brought in this way, is flagged on the marked line, with a chain to it."""
    missed = []
    for source in VIOLATIONS:
        files = CARRIERS[carrier](source)
        wanted = {
            (path, number, source.code)
            for path, text in files.items()
            for number, line in enumerate(text.splitlines(), start=1)
            if "# HERE" in line
        }
        found = findings(files)
        assert wanted
        if not wanted <= {(each.path, each.line, each.code) for each in found}:
            missed.append(source.call)
        for each in found:
            assert each.chain
            assert each.workflow == "checkout"
    assert not missed


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_harmless_call_stays_quiet_through(carrier: str) -> None:
    """The same programs with deterministic calls have no errors or warnings at all."""
    wrong = {
        source.call: [(each.line, each.code) for each in found if each.severity != "info"]
        for source in HARMLESS
        if (found := findings(CARRIERS[carrier](source)))
    }
    assert not {call: codes for call, codes in wrong.items() if codes}


def test_the_grid_is_as_large_as_it_claims() -> None:
    assert len(VIOLATIONS) >= 60
    assert len(CARRIERS) >= 50
