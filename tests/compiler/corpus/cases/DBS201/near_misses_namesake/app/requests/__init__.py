"""Requests of customers."""


def get(name: str) -> str:
    return f"request of {name}"
