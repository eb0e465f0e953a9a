from functools import lru_cache

import requests

BASE = {"rye": 4, "wheat": 3}


@lru_cache(maxsize=128)
def surcharge(loaf: str) -> int:
    return requests.get(f"https://flour.example/{loaf}", timeout=5).json()["surcharge"]  # flags: DBS201


def price_of(loaf: str, count: int) -> int:
    return (BASE.get(loaf, 5) + surcharge(loaf)) * count
