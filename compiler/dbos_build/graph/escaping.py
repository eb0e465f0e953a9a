"""Text from user code inside the languages of other tools: Mermaid and DOT.

In: any text. Out: what stands between the quotes of that language and shows as this text.
Never: lets a quote, a bracket, a line break or a direction mark act on the document around it.
"""

from __future__ import annotations

from urllib.parse import quote

from dbos_build.graph.measure import one_line

_PLAIN_IN_MERMAID = frozenset(" _.,-/=+*'!?()[]:|")


def mermaid(text: str) -> str:
    """Text inside double quotes of a Mermaid flow chart, which knows characters by their number."""
    return "".join(
        character
        if character.isalnum() or character in _PLAIN_IN_MERMAID
        else f"#{ord(character)};"
        for character in one_line(text)
    )


def mermaid_link(address: str) -> str:
    """An address inside double quotes of a Mermaid flow chart."""
    return "".join(
        character if character.isprintable() and character not in ' "<>;\\`' else quote(character)
        for character in one_line(address)
    )


def dot(text: str) -> str:
    """Text inside double quotes of a DOT graph, which also knows the entities of HTML."""
    return dot_link(text).replace("&", "&amp;")


def dot_link(address: str) -> str:
    """An address inside double quotes of a DOT graph."""
    return one_line(address).replace("\\", "\\\\").replace('"', '\\"')
