"""Comments silence exactly the findings they name, on the lines they cover."""

from __future__ import annotations

import pytest

from support.analysis import findings, flagged

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
        workflow("return time.time()  # dbos: ignore[DBS001] the deadline is advisory"),
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
    codes = [code for _, _, code in flagged(text)]
    assert [code for code in codes if not code.startswith("DBS99")] == ["DBS001"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("return time.time()  # noqa", ["DBS994"]),
        ("return time.time()  # dbos: ignore", ["DBS994"]),
        ("return time.time()  # dbos: ignore[]", ["DBS994"]),
        ("return 1  # dbos: ignore", ["DBS992"]),
        ("return 1  # noqa", []),
        ("return 1  # noqa: E501, B008", []),
        ("return 1  # dbos: ignore[DBS001] it was once", ["DBS992"]),
        ("return 1  # noqa: DBS001", ["DBS992"]),
        ("return time.time()  # dbos: ignore[DBS101, DBS001]", ["DBS992"]),
        ("return time.time()  # dbos: ignore[DBS001, DBS704] of rules that did not run", []),
        ("return time.time()  # dbos: ignore[DBS999]", ["DBS001", "DBS993"]),
        ("return time.time()  # noqa: DBS01", ["DBS001", "DBS993"]),
        ("return time.time()  # dbos: ignore[wall-clock]", ["DBS001", "DBS993"]),
        ("return time.time()  # dbos: ignore[DBS001, nonsense]", ["DBS993"]),
    ],
)
def test_comments_themselves_are_judged(line: str, codes: list[str]) -> None:
    assert [code for _, _, code in flagged(workflow(line))] == codes


def test_a_name_in_the_brackets_is_answered_with_its_code() -> None:
    found = findings(workflow("return time.time()  # dbos: ignore[wall-clok]"))
    assert "did you mean DBS001?" in next(each for each in found if each.code == "DBS993").message


def test_a_comment_in_a_function_that_nothing_durable_runs_is_not_judged() -> None:
    text = HEAD + "def helper():\n    return 1  # dbos: ignore[DBS001] used from other files\n"
    assert flagged(text) == []


def test_a_finding_about_a_comment_sits_on_the_comment() -> None:
    text = workflow("é = 1  # dbos: ignore[DBS001] no clock", "return é")
    (found,) = findings(text)
    line = text.splitlines()[found.line - 1]
    assert line[found.column - 1 : found.end_column - 1] == "# dbos: ignore[DBS001] no clock"


def test_a_broken_file_cannot_silence_itself() -> None:
    assert flagged("# noqa\ndef f(:  # noqa\n") == [("main.py", 2, "DBS990")]
