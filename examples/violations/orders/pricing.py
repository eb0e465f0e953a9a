"""Helpers that look harmless: each reads something that differs at replay."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from datetime import datetime as clock


def surcharge_percent() -> int:
    """Weekend prices: another answer when a workflow recovers on Monday."""
    return 10 if clock.now(UTC).weekday() >= 5 else 0  # flags: DBS001


def lucky_discount() -> int:
    """A raffle that is drawn again at each recovery."""
    return random.randint(1, 20)  # flags: DBS101


def seeded_discount(order_id: str) -> int:
    """A raffle that always draws the same for an order: fine."""
    return random.Random(order_id).randint(1, 20)


def free_shipping() -> bool:
    """A switch that another machine may have set otherwise."""
    return os.environ.get("FREE_SHIPPING") == "yes"  # flags: DBS301


def season_start() -> datetime:
    """A fixed date: fine."""
    return datetime(2026, 12, 1, tzinfo=UTC)
