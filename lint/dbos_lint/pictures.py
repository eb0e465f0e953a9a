"""The picture of a workflow's durable operations, for an editor to show.

In: a result and the name of a workflow. Out: an SVG whose nodes link to their lines. Never does:
draw; the compiler does.
"""

from __future__ import annotations

from dbos_build import flow
from dbos_build.graph import addresses
from dbos_build.graph.formats import FORMATS
from dbos_build.graph.picture import Picture, Place
from dbos_lint.project import Result


def drawn(result: Result, name: str) -> str | None:
    """The picture of a workflow; None when there is no such workflow.

    Links are those of `file:` addresses with the line behind `#L`.
    """
    for declaration in result.program.workflows:
        if declaration.name == name and declaration.entity in result.program.reaches:
            places = {
                number: Place(path, line, column)
                for number, (path, line, column) in flow.places(result.program, declaration).items()
            }
            links = addresses.from_template(places, f"{result.root.as_uri()}/{{path}}#L{{line}}")
            graph = flow.build(result.program, declaration)
            render, _ = FORMATS["svg"]
            return render(Picture(name, graph, places, links))
    return None
