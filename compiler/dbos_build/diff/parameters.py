"""Parameters: whether input that was stored for the old workflow fits the new one.

In: two contracts. Out: what does not fit, in words, the worst first. A workflow's input is stored
as it was given, by place or by name, so both ways must still lead to the same parameter.
Never: judges what the workflow does with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbos_build.building.contracts import Contract, Parameter


def misfits(old: Contract, new: Contract) -> Iterator[str]:
    """What of the stored input does not reach the parameter that it was meant for."""
    before = {each.name: each for each in old.parameters}
    after = {each.name: each for each in new.parameters}
    gone = [each for each in old.parameters if each.name not in after]
    added = [each for each in new.parameters if each.name not in before]
    yield from _replaced(gone, added, new)
    for each in old.parameters:
        now = after.get(each.name)
        if now is not None:
            yield from _changed(each, now)
    yield from _order(old, new, before, after)


def _replaced(gone: list[Parameter], added: list[Parameter], new: Contract) -> Iterator[str]:
    """Parameters that have gone, and parameters that nobody gave anything for."""
    required = [each for each in added if each.default is None and not _is_rest(each)]
    takes_any_name = any(each.kind == "rest_named" for each in new.parameters)
    renamed = bool(gone) and len(gone) == len(required) == 1
    if renamed:
        yield f"the parameter {gone[0].name!r} is now called {required[0].name!r}"
        return
    for each in gone:
        if each.kind in ("rest", "rest_named"):
            yield f"{_spelled(each)} is no longer accepted"
        elif not takes_any_name or each.kind == "positional":
            yield f"the parameter {each.name!r} is gone, and stored input holds it"
        else:
            yield f"the parameter {each.name!r} is gone; stored input lands in the further names"
    for each in required:
        yield f"the parameter {each.name!r} is new and has no default, so stored input lacks it"


def _changed(old: Parameter, new: Parameter) -> Iterator[str]:
    """How one parameter takes less than it took, or something else when nothing is given."""
    if old.kind == "any" and new.kind == "positional":
        yield f"the parameter {old.name!r} can no longer be given by name"
    elif old.kind in ("any", "positional") and new.kind in ("named", "rest_named"):
        yield f"the parameter {old.name!r} can no longer be given by place"
    elif old.kind == "named" and new.kind == "positional":
        yield f"the parameter {old.name!r} can no longer be given by name"
    elif _is_rest(old) != _is_rest(new):
        yield f"the parameter {old.name!r} is now {_spelled(new)}"
    if old.default is not None and new.default is None and not _is_rest(new):
        yield f"the parameter {old.name!r} has no default any more, and input without it is stored"
    elif old.default is not None and new.default != old.default:
        yield (
            f"the default of {old.name!r} was {old.default} and is {new.default}: what began "
            "without it goes on with another value"
        )


def _order(
    old: Contract,
    new: Contract,
    before: Mapping[str, Parameter],
    after: Mapping[str, Parameter],
) -> Iterator[str]:
    """Parameters that stand at another place, where input by place no longer finds them."""
    places = {each.name: place for place, each in enumerate(_placed(new))}
    for place, each in enumerate(_placed(old)):
        now = places.get(each.name)
        if now is None or now == place:
            continue
        taken = _placed(new)[place].name if place < len(places) else None
        if taken is None or taken in before:
            yield f"the parameter {each.name!r} was number {place + 1} and is number {now + 1}"
        else:
            yield f"the new parameter {taken!r} takes the place of {each.name!r}"
        return
    rest = next((each for each in old.parameters if each.kind == "rest"), None)
    if rest is not None and rest.name in after:
        placed = {each.name for each in _placed(old)}
        added = [each for each in _placed(new) if each.name not in placed]
        if added:
            yield f"the parameter {added[0].name!r} takes what was stored for {_spelled(rest)}"
    more = next((each for each in old.parameters if each.kind == "rest_named"), None)
    taking = [each for each in new.parameters if each.name not in before and not _is_rest(each)]
    if more is not None and taking:
        yield f"the parameter {taking[0].name!r} takes what was stored for {_spelled(more)}"


def _placed(contract: Contract) -> list[Parameter]:
    return [each for each in contract.parameters if each.kind in ("positional", "any")]


def _is_rest(parameter: Parameter) -> bool:
    return parameter.kind in ("rest", "rest_named")


def _spelled(parameter: Parameter) -> str:
    stars = {"rest": "*", "rest_named": "**"}.get(parameter.kind, "")
    return f"`{stars}{parameter.name}`"
