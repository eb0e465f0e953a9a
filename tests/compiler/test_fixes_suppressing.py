"""Silencing findings by comments: awkward places first; every result must really be silent."""

from __future__ import annotations

import pytest

from dbos_build.findings import Finding
from dbos_build.fixes.suppressing import suppress
from support import analysis

HEAD = "import time\nfrom dbos import DBOS\n\n\n@DBOS.workflow()\ndef f(a: str = '') -> object:\n"

PLACES = {
    "plain": ("    return time.time()\n", "    return time.time()  # noqa: DBS001\n"),
    "no last line end": ("    return time.time()", "    return time.time()  # noqa: DBS001"),
    "blanks at the end": (
        "    return time.time()  \n",
        "    return time.time()  # noqa: DBS001  \n",
    ),
    "a comment": (
        "    return time.time()  # now\n",
        "    return time.time()  # now  # noqa: DBS001\n",
    ),
    "other codes": (
        "    return time.time()  # noqa: E501, DBS301\n",
        "    return time.time()  # noqa: DBS001, DBS301, E501\n",
    ),
    "our own form": (
        "    return time.time()  # dbos: ignore[DBS301] because\n",
        "    return time.time()  # dbos: ignore[DBS001, DBS301] because\n",
    ),
    "a string over lines": (
        '    return time.time(), """a\n  b"""\n',
        '    return time.time(), """a\n  b"""  # noqa: DBS001\n',
    ),
    "a formatted string over lines": (
        '    return f"""{time.time()}\n  b"""\n',
        '    return f"""{time.time()}\n  b"""  # noqa: DBS001\n',
    ),
    "a continued line": (
        "    return time.time() + \\\n        1\n",
        "    return time.time() + \\\n        1  # noqa: DBS001\n",
    ),
    "inside brackets": (
        "    return [\n        time.time(),\n    ]\n",
        "    return [\n        time.time(),  # noqa: DBS001\n    ]\n",
    ),
}


def _verified(text: str) -> list[Finding]:
    """The findings about code; some cases have comments that are findings themselves."""
    return [each for each in analysis.findings(text) if not each.code.startswith("DBS99")]


@pytest.mark.parametrize(("body", "expected"), PLACES.values(), ids=PLACES)
def test_a_comment_silences_a_finding_wherever_it_is(body: str, expected: str) -> None:
    text = HEAD + body
    found = _verified(text)
    assert [each.code for each in found] == ["DBS001"]
    silent = suppress(text, found)
    assert silent == HEAD + expected
    assert not _verified(silent)
    assert suppress(silent, []) == silent


def test_a_reason_is_written_on_one_line() -> None:
    text = HEAD + "    return time.time()\n"
    silent = suppress(text, analysis.findings(text), "measured\nonly")
    assert silent.endswith("    return time.time()  # dbos: ignore[DBS001] measured only\n")
    assert not analysis.findings(silent)


def test_several_codes_share_a_comment() -> None:
    text = HEAD.replace("time", "time, uuid", 1) + "    return time.time(), uuid.uuid4()\n"
    silent = suppress(text, analysis.findings(text))
    assert silent.endswith("  # noqa: DBS001, DBS104\n")
    assert not analysis.findings(silent)


def test_line_ends_of_windows_are_kept() -> None:
    text = HEAD + "    return time.time()\n"
    found = analysis.findings(text)
    assert suppress(text.replace("\n", "\r\n"), found).endswith("  # noqa: DBS001\r\n")


def test_a_file_that_does_not_parse_cannot_be_silenced() -> None:
    text = "def f(:\n"
    assert suppress(text, analysis.findings(text)) == text
