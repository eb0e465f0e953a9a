"""Stored input and new signatures: what counts is where Python puts the arguments."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbos_build.building.contracts import Contract, Parameter
from dbos_build.diff.parameters import misfits

KINDS = {
    "positional": inspect.Parameter.POSITIONAL_ONLY,
    "any": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "rest": inspect.Parameter.VAR_POSITIONAL,
    "named": inspect.Parameter.KEYWORD_ONLY,
    "rest_named": inspect.Parameter.VAR_KEYWORD,
}
PLACED = ("positional", "any")


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """A signature that Python accepts, of few names so that two of them meet."""
    names = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    kinds = sorted(
        (draw(st.sampled_from(["positional", "any", "any", "named"])) for _ in names),
        key=["positional", "any", "named"].index,
    )
    made, has_default = [], False
    for name, kind in zip(names, kinds, strict=True):
        if kind in PLACED:
            has_default = has_default or draw(st.booleans())
        default = has_default if kind in PLACED else draw(st.booleans())
        made.append(Parameter(name, kind, "", "0" if default else None))
    if draw(st.booleans()):
        place = sum(each.kind in PLACED for each in made)
        made.insert(place, Parameter("rest", "rest", "", None))
    if draw(st.booleans()):
        made.append(Parameter("more", "rest_named", "", None))
    return Contract(tuple(made))


def signature(contract: Contract) -> inspect.Signature:
    """The contract as Python's own value."""
    return inspect.Signature(
        [
            inspect.Parameter(
                each.name,
                KINDS[each.kind],
                default=inspect.Parameter.empty if each.default is None else int(each.default),
            )
            for each in contract.parameters
        ]
    )


def calls(contract: Contract) -> Iterator[tuple[list[int], dict[str, int]]]:
    """Ways to call a signature: every split into places and names, with and without defaults."""
    values = {each.name: number for number, each in enumerate(contract.parameters, start=1)}
    plain = [each for each in contract.parameters if each.kind not in ("rest", "rest_named")]
    placed = [each for each in plain if each.kind in PLACED]
    optional = [each.name for each in plain if each.default is not None]
    omissions = itertools.chain.from_iterable(
        itertools.combinations(optional, size) for size in range(len(optional) + 1)
    )
    for left_out in omissions:
        for count in range(len(placed) + 1):
            args = [values[each.name] for each in placed[:count]]
            named = {
                each.name: values[each.name]
                for each in (*placed[count:], *(one for one in plain if one.kind == "named"))
                if each.name not in left_out
            }
            yield args, named
        if any(each.kind == "rest" for each in contract.parameters) and not left_out:
            named = {each.name: values[each.name] for each in plain if each.kind == "named"}
            yield [*(values[each.name] for each in placed), 77, 78], named
        if any(each.kind == "rest_named" for each in contract.parameters) and not left_out:
            args = [values[each.name] for each in placed]
            named = {each.name: values[each.name] for each in plain if each.kind == "named"}
            given = {each: 79 for each in "abcd" if each not in values}
            yield args, named | given


@settings(max_examples=400, deadline=None)
@given(contracts(), contracts())
def test_input_that_is_said_to_fit_arrives_where_it_was_meant(old: Contract, new: Contract) -> None:
    if list(misfits(old, new)):
        return
    before, after = signature(old), signature(new)
    for args, named in calls(old):
        try:
            meant = before.bind(*args, **named)
        except TypeError:
            continue
        arrived = after.bind(*args, **named)
        meant.apply_defaults()
        arrived.apply_defaults()
        for name, value in meant.arguments.items():
            assert arrived.arguments[name] == value, (args, named)


@settings(max_examples=100, deadline=None)
@given(contracts())
def test_a_signature_fits_itself(contract: Contract) -> None:
    assert list(misfits(contract, contract)) == []


def contract(text: str) -> Contract:
    """The contract of `def f(text)`, as far as kinds and defaults go."""
    namespace: dict[str, Any] = {}
    exec(f"def f({text}): ...", namespace)
    kinds = {kind: name for name, kind in KINDS.items()}
    return Contract(
        tuple(
            Parameter(
                each.name,
                kinds[each.kind],
                "",
                None if each.default is inspect.Parameter.empty else repr(each.default),
            )
            for each in inspect.signature(namespace["f"]).parameters.values()
        )
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a", "a, b", "'b' is new and has no default"),
        ("a, b", "a", "'b' is gone"),
        ("a", "b", "'a' is now called 'b'"),
        ("a, b", "b, a", "'a' was number 1 and is number 2"),
        ("a, b", "a, c=0, b=1", "the new parameter 'c' takes the place of 'b'"),
        ("a", "*, a", "'a' can no longer be given by place"),
        ("a", "a, /", "'a' can no longer be given by name"),
        ("a=1", "a", "'a' has no default any more"),
        ("a=1", "a=2", "the default of 'a' was 1 and is 2"),
        ("*a", "", "`*a` is no longer accepted"),
        ("a, **m", "a, b=0, **m", "the parameter 'b' takes what was stored for `**m`"),
        ("a, *r", "a, b=0, *r", "the parameter 'b' takes what was stored for `*r`"),
    ],
)
def test_what_does_not_fit_is_said_in_words(old: str, new: str, told: str) -> None:
    assert told in " ".join(misfits(contract(old), contract(new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [("a", "a, b=0"), ("a", "a, *, b=0"), ("a", "a=0"), ("a", "a, **m"), ("*, a, b", "*, b, a")],
)
def test_what_fits_is_not_mentioned(old: str, new: str) -> None:
    assert list(misfits(contract(old), contract(new))) == []
