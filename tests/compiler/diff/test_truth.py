"""The labels of the pairs, confirmed by execution: nobody has to believe them.

Every pair runs in the real runtime, from every state in which a crash can leave it
(`support.truth` says what counts). The judge of flows is then held to the same labels.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from support import pairs, truth

PAIRS = pairs.read_all()


def test_labels_agree_with_what_happens(tmp_path: Path) -> None:
    court = truth.Court(tmp_path)
    wrong, states = [], 0
    with court.session():
        for pair in PAIRS:
            ruling = court.judge(pair)
            states += ruling.states
            if ruling.is_safe != pair.is_safe:
                wrong.append(f"{pair}\n    {ruling.reason or 'is safe'}")
    assert wrong == [], "\n".join(wrong)
    assert states > 400


def test_there_are_enough_pairs_of_each_kind() -> None:
    counts = Counter(pair.label for pair in PAIRS)
    assert counts["safe"] >= 80
    assert counts["breaking"] >= 120
    assert counts["patched"] >= 25
    titles = Counter((pair.label, pair.title) for pair in PAIRS)
    assert [title for title, count in titles.items() if count > 1] == []
