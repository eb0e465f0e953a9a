"""The forms in which a flow can be shown.

In: the name of a form. Out: the function that writes it. Never: decides where it is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dbos_build.graph import document, dot, mermaid, svg
from dbos_build.graph.picture import Picture

FORMATS: Mapping[str, tuple[Callable[[Picture], str], str]] = MappingProxyType(
    {
        "svg": (svg.render, ".svg"),
        "mermaid": (mermaid.render, ".mmd"),
        "dot": (dot.render, ".dot"),
        "json": (document.render, ".json"),
    }
)
"""Every form: how it is written, and how its files end."""
