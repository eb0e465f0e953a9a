"""The version of one workflow, asked for alone, is the one it has among all."""

from __future__ import annotations

from pathlib import Path

from dbos_build import flow, versions
from dbos_build.analysis import program
from dbos_build.analysis.program import Program
from dbos_build.reading.sources import Project, Source
from dbos_build.settings.config import Settings
from dbos_build.versions import WorkflowVersion
from support import large_application


def analysed() -> Program:
    """A service of some 2,300 lines, whose workflows share helpers, classes and steps."""
    found = [
        Source(path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"), path, text)
        for path, text in large_application.texts(1, 4).items()
    ]
    return program.analyse(Project(Path("/application"), tuple(found)), Settings())


def essence(made: WorkflowVersion) -> tuple[object, ...]:
    """What must not depend on which workflows were asked about before."""
    return (made.name, made.version, made.parts, made.steps)


def test_asked_in_any_order_it_is_what_all_of_them_have() -> None:
    expected = versions.compute(analysed()).workflows
    forward, backward = analysed(), analysed()
    assert len(expected) > 5
    for asked, order in ((forward, 1), (backward, -1)):
        for each in asked.workflows[::order]:
            assert essence(versions.of(asked, each)) == essence(expected[each.name])


def test_flows_are_the_same_whichever_is_drawn_first() -> None:
    forward, backward = analysed(), analysed()
    drawn = {each.name: flow.build(forward, each) for each in forward.workflows}
    for each in reversed(backward.workflows):
        assert flow.build(backward, each) == drawn[each.name]
