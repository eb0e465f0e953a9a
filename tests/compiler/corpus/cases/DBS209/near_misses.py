"""Imports that are written down, and modules that are only inspected."""

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@DBOS.step()
def load(name: str) -> str:
    import importlib

    return importlib.import_module(name).__name__


class Registry:
    def import_module(self, name: str) -> str:
        return f"module {name}"


def reload(name: str) -> str:
    return f"again {name}"


@DBOS.workflow()
def local_import(values: dict[str, int]) -> str:
    import json

    text = json.dumps(values)
    save("text", text)
    return text


@DBOS.workflow()
def local_from_import(names: list[str]) -> int:
    from collections import Counter

    counts = Counter(names)
    save("counts", len(counts))
    return counts.total()


@DBOS.workflow()
def optional_import(name: str) -> str:
    try:
        import json as codec
    except ImportError:
        codec = None
    save(name, codec is None)
    return name


@DBOS.workflow()
def in_a_step(name: str = "json") -> str:
    return load(name)


@DBOS.workflow()
def own_import(name: str) -> str:
    save(name, Registry().import_module(name))
    return name


@DBOS.workflow()
def own_reload(name: str) -> str:
    save(name, reload(name))
    return reload(name)
