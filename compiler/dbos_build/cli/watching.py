"""Checking again whenever a file changes.

In: what to do, what the state of the files is, and how to wait. Out: nothing; it ends when waiting
does. Never: reads a file, or keeps going when the terminal is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

POLL_SECONDS = 0.5


def watch(
    act: Callable[[], None],
    state: Callable[[], Hashable],
    wait: Callable[[], bool],
) -> None:
    """Act once, and again after every change of the state, until `wait` says that it is over.

    `state` is taken before acting, so that a change while acting is not missed. A state that still
    changes between two looks is left to settle: editors write a file in several steps.
    """
    acted = state()
    act()
    before = acted
    while wait():
        now = state()
        if now != acted and now == before:
            acted = now
            act()
        before = now


def pause() -> bool:
    """Wait for the next look at the files; False when the user ended it."""
    import time

    try:
        time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return False
    return True
