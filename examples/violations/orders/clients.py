"""A client class whose methods reach the network and the disk."""

from __future__ import annotations

import urllib.request
from pathlib import Path


class CarrierClient:
    """Asks a carrier for its price."""

    def __init__(self, address: str, cache: Path) -> None:
        self.address = address
        self.cache = cache

    def price_cents(self, weight_grams: int) -> int:
        """Ask the carrier, or the cache when it is there."""
        if self.cache.exists():  # flags: DBS203
            return int(self.cache.read_text())  # flags: DBS203
        address = f"{self.address}?grams={weight_grams}"
        with urllib.request.urlopen(address) as answer:  # flags: DBS201
            return int(answer.read())

    def label(self, order_id: str) -> str:
        """Only text: fine."""
        return f"{self.address}/{order_id}"
