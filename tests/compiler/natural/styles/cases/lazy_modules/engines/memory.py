from __future__ import annotations


class Memory:
    def __init__(self, path: str) -> None:
        self.path = path
        self.items: list[str] = []

    def put(self, key: str) -> None:
        self.items.append(key)
