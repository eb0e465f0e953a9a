"""The flow of a workflow as JSON, with the places of its nodes, for tools that draw on their own.

In: a `Picture`. Out: a JSON document. Never: another form of the flow than lock files have.
"""

from __future__ import annotations

import json

from dbos_build.flow.graph import to_json
from dbos_build.graph.picture import Picture


def render(picture: Picture) -> str:
    """Return a picture as JSON: `places` are by the number of the node, lines count from 1."""
    places = {
        str(number): {"path": place.path, "line": place.line, "column": place.column}
        for number, place in sorted(picture.places.items())
    }
    document = {"workflow": picture.workflow, "flow": to_json(picture.flow), "places": places}
    return json.dumps(document, indent=2) + "\n"
