"""Properties of the judge on programs that nobody wrote: names do not matter, the order does."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from support.flows import sync, verdict

NAMES = ("p", "q", "r")
STATEMENTS = st.recursive(
    st.builds(
        "{0} = {1}({2}, {3})".format,
        st.sampled_from(NAMES),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([*NAMES, "x"]),
        st.integers(0, 3),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda name, body: f"if {name}:\n{_indented(body)}",
            st.sampled_from([*NAMES, "x"]),
            st.lists(inner, min_size=1, max_size=2),
        ),
        st.builds(
            lambda name, body: f"for {name} in x:\n{_indented(body)}",
            st.sampled_from(NAMES),
            st.lists(inner, min_size=1, max_size=2),
        ),
        st.builds(
            lambda name, body: f"try:\n{_indented(body)}\nexcept ValueError:\n    {name} = 1",
            st.sampled_from(NAMES),
            st.lists(inner, min_size=1, max_size=2),
        ),
    ),
    max_leaves=5,
)
BODIES = st.lists(STATEMENTS, min_size=1, max_size=3)


def _indented(body: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for statement in body for line in statement.splitlines())


def _module(body: Sequence[str], *more: str) -> str:
    return sync("\n".join(["p = q = r = 0", *body, *more]))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(BODIES)
def test_names_of_local_variables_do_not_matter(body: list[str]) -> None:
    renamed = _module(body)
    for old, new in zip(NAMES, ("one", "two", "three"), strict=True):
        renamed = "\n".join(_renamed(line, old, new) for line in renamed.splitlines())
    assert verdict(_module(body), renamed).kind == "equivalent"


def _renamed(line: str, old: str, new: str) -> str:
    separated = line
    for mark in "(),:=":
        separated = separated.replace(mark, f" {mark} ")
    width = len(line) - len(line.lstrip())
    words = [new if word == old else word for word in separated.split()]
    return " " * width + " ".join(words)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(BODIES)
def test_an_operation_at_the_end_is_safe_and_one_at_the_start_is_not(body: list[str]) -> None:
    old = _module(body)
    assert verdict(old, _module(body, "DBOS.sleep(1)")).kind == "forward-safe"
    early = old.replace("p = q = r = 0", "p = q = r = 0\n    DBOS.sleep(1)")
    assert verdict(old, early).kind == "breaking"
    guarded = old.replace(
        "p = q = r = 0", "p = q = r = 0\n    if DBOS.patch('new'):\n        DBOS.sleep(1)"
    )
    assert verdict(old, guarded).is_safe
