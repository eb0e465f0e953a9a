"""Stored values: whether the new code can read what the old code wrote.

In: the shapes of one class in two builds. Out: why old values are of no use, in words. Stored
values are put together without running a constructor, so a default counts only when the class
itself holds it. Never: looks at what the code does with a value.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.building.contracts import Field, Shape
from dbos_build.diff.build import Build


def unreadable(old: Build, new: Build, name: str) -> str | None:
    """Why values of a class in stored data cannot be used any more; None when they can."""
    before, after = old.shapes[name], new.shapes.get(name)
    if after is None and before.kind == "mapping":
        return None  # stored as a plain dictionary, which names no class
    if after is None:
        moved = _elsewhere(before, new)
        if new.names is not None and name in new.names:
            # Moved, and its old module still has it; or nothing stores it any more.
            return None if moved is None else next(_differences(before, new.shapes[moved]), None)
        if moved is not None:
            return (
                f"`{_spelled(name)}` is now `{_spelled(moved)}`; stored values name the old class"
            )
        if new.names is None:
            return f"`{_spelled(name)}` is not among the stored classes any more"
        return f"`{_spelled(name)}` is gone, and stored values are made of it"
    return next(_differences(before, after), None)


def _elsewhere(shape: Shape, new: Build) -> str | None:
    """Where a class has gone: one with the same name, or else with the same fields."""
    last = shape.name.rpartition(":")[2].rpartition(".")[2]
    others = [each for name, each in new.shapes.items() if each.kind == shape.kind]
    for each in others:
        if each.name.endswith((f":{last}", f".{last}")):
            return each.name
    same = [each.name for each in others if each.fields and each.fields == shape.fields]
    return same[0] if len(same) == 1 else None


def _differences(old: Shape, new: Shape) -> Iterator[str]:
    """What a value of the old shape lacks in the new one, or has otherwise."""
    spelled = _spelled(old.name)
    constants = dict(new.constants)
    for key, value in old.constants:
        if key in constants and constants[key] != value:
            yield (
                f"`{spelled}.{key}` was {value} and is {constants[key]}: stored values have the "
                "new value from now on"
            )
    if _family(old.kind) != _family(new.kind):
        yield f"`{spelled}` was {_article(old.kind)} and is {_article(new.kind)}"
    elif new.kind == "enum":
        yield from _members(old, new)
    elif new.kind == "namedtuple":
        if [each.name for each in old.fields] != [each.name for each in new.fields]:
            yield f"the items of `{spelled}` changed, and stored values go by their places"
    else:
        yield from _fields(old, new)


def _members(old: Shape, new: Shape) -> Iterator[str]:
    """The members of an enumeration that went or changed; stored values name them."""
    spelled = _spelled(old.name)
    after = {each.name: each for each in new.fields}
    for each in old.fields:
        now = after.get(each.name)
        if now is None:
            yield f"`{spelled}` has no member {each.name!r} any more, and stored values name it"
        elif now.annotation != each.annotation:
            yield (
                f"{each.name!r} of `{spelled}` was {each.annotation} and is {now.annotation}: "
                "stored values have the new value from now on"
            )


def _fields(old: Shape, new: Shape) -> Iterator[str]:
    """The fields that stored values lack, or have too many."""
    spelled = _spelled(old.name)
    before, after = ({each.name for each in shape.fields} for shape in (old, new))
    for each in old.fields:
        if new.kind == "slotted" and each.name not in after:
            yield f"`{spelled}` has no slot {each.name!r} any more, and stored values fill it"
    for each in new.fields:
        if each.name not in before and not _is_held(each, new.kind):
            yield (
                f"`{spelled}` has a new field {each.name!r}, which stored values lack"
                f"{_hint(each, new.kind)}"
            )


def _is_held(field: Field, kind: str) -> bool:
    """Whether an instance without a field finds a default on its class."""
    return kind in ("dataclass", "class", "error") and field.default == "value"


def _hint(field: Field, kind: str) -> str:
    if field.default == "none":
        return ""
    if kind in ("slotted", "model"):
        return f" (its default is not on the class of a {_article(kind).partition(' ')[2]})"
    return " (a factory does not run for them)"


def _family(kind: str) -> str:
    return "dataclass" if kind == "slotted" else kind


def _article(kind: str) -> str:
    words = {
        "dataclass": "a dataclass",
        "slotted": "a dataclass with slots",
        "enum": "an enumeration",
        "namedtuple": "a named tuple",
        "model": "a pydantic model",
        "mapping": "a typed dictionary",
        "error": "an exception",
    }
    return words.get(kind, "a plain class")


def _spelled(name: str) -> str:
    return name.replace(":", ".")
