"""The text of everything that is written for the user.

In: the name of a template and its values. Out: text. Never: logic beyond loops and conditions; a
user's string inside generated Python in any form other than a literal, or a name or type that the
compiler has taken apart and checked; a template of a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from dbos_templates.literals import pyrepr


def render(name: str, /, **values: object) -> str:
    """Return the template `name` (a path below this package) filled with `values`.

    Raises jinja2.TemplateNotFound for an unknown name and jinja2.UndefinedError for a value that
    the template needs and did not get.
    """
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_load),
        undefined=StrictUndefined,
        autoescape=False,  # Python, not HTML: `pyrepr` is the escape, and a test checks its use.
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
    )
    filters: Mapping[str, object] = {"pyrepr": pyrepr}
    environment.filters.update(filters)
    return environment


def _load(name: str) -> str | None:
    entry = files(__name__)
    for part in name.split("/"):
        if part in ("", ".", ".."):
            return None
        entry = entry.joinpath(part)
    return entry.read_text(encoding="utf-8") if entry.is_file() else None
