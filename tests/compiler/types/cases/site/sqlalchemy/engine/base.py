"""Engines and connections."""


class Connection:
    def execute(self, statement: str) -> list[tuple[object, ...]]:
        return []


class Engine:
    def connect(self) -> Connection:
        return Connection()
