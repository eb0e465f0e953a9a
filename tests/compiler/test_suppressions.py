"""Comments silence exactly the findings they name, on the lines they cover."""

from __future__ import annotations

import pytest

from support.analysis import flagged

HEAD = "import time\nfrom dbos import DBOS\n\n"


def workflow(*body: str, above: str = "", behind: str = "") -> str:
    """A workflow with these lines, comments above and behind its def."""
    lines = "".join(f"    {line}\n" for line in body)
    lead = f"{above}\n" if above else ""
    return f"{HEAD}@DBOS.workflow()\n{lead}def checkout():{behind}\n{lines}"


@pytest.mark.parametrize(
    "text",
    [
        workflow("return time.time()  # noqa: DBS001"),
        workflow("return time.time()  # noqa:DBS001"),
        workflow("return time.time()  # NOQA: E501, DBS001"),
        workflow("return time.time()  # noqa"),
        workflow("return time.time()  # dbos: ignore[DBS001] the deadline is advisory"),
        workflow("return time.time()  # dbos: ignore[DBS101, DBS001]"),
        workflow("return time.time()  # dbos: ignore"),
        workflow("# dbos: ignore[DBS001] why", "return time.time()"),
        workflow("# dbos: ignore[DBS001]", "", "# another comment", "return time.time()"),
        workflow("return dict(", "    now=time.time(),", ")  # dbos: ignore[DBS001]"),
        workflow("return time.time()", behind="  # dbos: ignore[DBS001]"),
        workflow("return time.time()", above="# dbos: ignore[DBS001] whole function"),
    ],
)
def test_it_silences(text: str) -> None:
    assert flagged(text) == []


@pytest.mark.parametrize(
    "text",
    [
        workflow("return time.time()  # noqa: DBS002"),
        workflow("return time.time()  # noqa: E501"),
        workflow("return time.time()  # dbos: ignore[DBS101] other rule"),
        workflow("return time.time()  # dbos-ignore"),
        workflow("return time.time(), '# noqa'"),
        workflow("return time.time(), '# dbos: ignore[DBS001]'"),
        workflow("x = 1  # dbos: ignore[DBS001]", "return time.time()"),
        workflow("return time.time()", "# dbos: ignore[DBS001]"),
    ],
)
def test_it_does_not_silence(text: str) -> None:
    assert [code for _, _, code in flagged(text)] == ["DBS001"]


def test_a_broken_file_cannot_silence_itself() -> None:
    assert flagged("# noqa\ndef f(:  # noqa\n") == [("main.py", 2, "DBS990")]
