"""What is said early about a file is what a check of its whole project says, word for word.

The reference is the whole: everything certain in a part must be in it, and of what the whole finds
in a file by rules that need no more than the part, nothing may be missing in programs whose parts
hang together by imports alone.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dbos_build.checking import Checker, preview
from dbos_build.findings import Finding
from dbos_build.reading import sources
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings
from support import large_application
from support.analysis import project

CASES = Path(__file__).parent / "corpus" / "cases"
STRICT = Settings(strict=True)
AMBIGUOUS = frozenset({"DBS821"})
"""The cases of this rule give one name to several workflows, which takes the whole to see."""
FLOW = "from dbos import DBOS\n{imports}\n\n\n@DBOS.workflow()\ndef run():\n    return {result}\n"
CLOCK = "import time\n\n\ndef now():\n    return time.time()\n"


def early(whole: Project, path: str) -> tuple[Finding, ...]:
    """What is certain about one file by its part of a project."""
    found = Checker(STRICT).check(preview.connected(whole, {path})).findings
    return preview.certain(found, {path})


@pytest.mark.parametrize("folder", sorted(CASES.glob("DBS*")), ids=lambda each: each.name)
def test_what_is_early_is_what_the_whole_says(folder: Path) -> None:
    whole = sources.read((folder,), STRICT, around=folder)
    late = Checker(STRICT).check(whole).findings
    for source in whole.sources:
        found = early(whole, source.path)
        assert found or not source.path.startswith("violations") or not _certain(late, source.path)
        if folder.name not in AMBIGUOUS:
            assert not Counter(found) - Counter(late)


def test_in_a_large_application_nothing_is_missing_and_little_is_read() -> None:
    whole = project(large_application.texts(services=3, units=2))
    late = Checker(STRICT).check(whole).findings
    shown = 0
    for source in whole.sources:
        found = early(whole, source.path)
        assert found == _certain(late, source.path), source.path
        shown += len(found)
    assert shown == sum(len(_certain(late, each.path)) for each in whole.sources) > 10
    part = preview.connected(whole, {"service_01/flows.py"})
    folders = {each.path.partition("/")[0] for each in part.sources}
    assert folders == {"service_01", "platform_parts"}


@pytest.mark.parametrize(
    "files",
    [
        {"flow.py": ("from clocks import now", "now()"), "clocks.py": CLOCK},
        {"clocks.py": CLOCK, "flow.py": ("from clocks import now", "now()")},
        {
            "middle.py": "from clocks import now\n\n\ndef later():\n    return now() + 1\n",
            "clocks.py": CLOCK,
            "flow.py": ("from middle import later", "later()"),
        },
        {
            "shapes.py": "class Shape:\n    def at(self):\n        return 1\n",
            "round.py": (
                "import time\nimport shapes\n\n\nclass Round(shapes.Shape):\n"
                "    def at(self):\n        return time.time()\n"
            ),
            "flow.py": (
                (
                    "import round\nfrom shapes import Shape\n\ndef told(shape: Shape):\n"
                    "    return shape.at()\n"
                ),
                "told(DBOS.recv())",
            ),
        },
    ],
    ids=["workflow", "helper", "between", "base class"],
)
def test_who_reaches_a_file_is_in_its_part(files: dict[str, str | tuple[str, str]]) -> None:
    texts = {
        path: FLOW.format(imports=given[0], result=given[1]) if isinstance(given, tuple) else given
        for path, given in files.items()
    }
    whole = project(texts | {"other.py": FLOW.format(imports="", result="1")})
    late = Checker(STRICT).check(whole).findings
    assert [each.code for each in late if each.code == "DBS001"] == ["DBS001"]
    for path in files:
        assert early(whole, path) == _certain(late, path)
        paths = {each.path for each in preview.connected(whole, {path}).sources}
        assert path in paths
        assert "other.py" not in paths


def test_what_is_nowhere_in_a_part_may_be_in_the_whole() -> None:
    asks = (
        "from dbos import DBOS\n\n\n@DBOS.workflow()\ndef asks():\n    return DBOS.recv('paid')\n"
    )
    sends = (
        "from dbos import DBOS\n\n\n@DBOS.step()\ndef pay():\n    return 1\n\n\n"
        "@DBOS.workflow()\ndef run(to: str):\n    DBOS.send(to, pay(), 'payd')\n"
    )
    whole = project({"asks.py": asks, "sends.py": sends, "more.py": sends.replace("payd", "paid")})
    assert [each.code for each in Checker(STRICT).check(whole).findings] == ["DBS814"] * 2
    part = preview.connected(whole, {"asks.py", "sends.py"})
    assert "DBS824" in {each.code for each in Checker(STRICT).check(part).findings}
    assert preview.certain(Checker(STRICT).check(part).findings, {"asks.py", "sends.py"}) == ()


def test_a_part_is_made_where_it_gains_something() -> None:
    texts = large_application.texts(services=8)
    whole = project(texts)
    made = preview.part(whole, {"service_03/flows.py"})
    assert made is not None
    assert len(made.sources) < len(whole.sources) / 4
    assert preview.part(whole, {"platform_parts/audit.py"}) is None, "everybody imports it"
    assert preview.part(project({"a.py": CLOCK}), {"a.py"}) is None, "it is small"


def test_a_text_that_does_not_parse_is_told_at_once() -> None:
    texts = large_application.texts(services=8)
    texts["service_03/flows.py"] += "def half(\n"
    made = preview.part(project(texts), {"service_03/flows.py"})
    assert made is not None
    found = preview.certain(Checker(STRICT).check(made).findings, {"service_03/flows.py"})
    assert [each.code for each in found] == ["DBS990"]


def _certain(findings: tuple[Finding, ...], path: str) -> tuple[Finding, ...]:
    return preview.certain(findings, {path})
