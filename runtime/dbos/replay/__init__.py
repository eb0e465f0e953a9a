"""Replay: the code of today against the record of yesterday.

For tests: ``assert_replays`` and ``replay_every_step``. For ``dbos-build replay``: the process that
``python -m dbos.replay`` starts. Importing this package imports neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbos.replay.assertions import (
        assert_replays,
        check_every_step,
        replay_every_step,
        replay_every_step_async,
    )
    from dbos.replay.child import DBOSReplayError
    from dbos.replay.verdict import Verdict

_HOMES = {
    "assert_replays": "assertions",
    "check_every_step": "assertions",
    "replay_every_step": "assertions",
    "replay_every_step_async": "assertions",
    "DBOSReplayError": "child",
    "Verdict": "verdict",
}
__all__ = [
    "DBOSReplayError",
    "Verdict",
    "assert_replays",
    "check_every_step",
    "replay_every_step",
    "replay_every_step_async",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
