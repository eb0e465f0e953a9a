"""Templates that come from memory, and stacks that touch nothing."""

from __future__ import annotations

from contextlib import ExitStack

import jinja2
from dbos import DBOS

LETTERS = jinja2.Environment(loader=jinja2.DictLoader({"letter": "Dear {{ name }}"}))


@DBOS.workflow()
def letter(name: str) -> str:
    return LETTERS.get_template("letter").render(name=name)


@DBOS.workflow()
def collect(name: str) -> str:
    names = [name]
    with ExitStack() as stack:
        stack.callback(names.append, "end")
    return ",".join(names)
