"""Flow graphs: the durable operations of a workflow, in the order in which they can happen."""

from dbos_build.flow.building import build, places
from dbos_build.flow.graph import SCHEME, Edge, Flow, Node, Value, from_json, to_json

__all__ = [
    "SCHEME",
    "Edge",
    "Flow",
    "Node",
    "Value",
    "build",
    "from_json",
    "places",
    "to_json",
]
