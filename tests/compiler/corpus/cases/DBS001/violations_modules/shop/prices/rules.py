"""Prices that depend on the hour."""

from datetime import datetime

from ..tools import Timer


class NightTimer(Timer):
    def night(self) -> bool:
        return int(self.read()) % 3 == 0


def surcharge() -> int:
    return datetime.now().microsecond  # flags: DBS001
