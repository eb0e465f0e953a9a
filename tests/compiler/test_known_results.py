"""The types of results in `known/` are those that the stubs of the standard library give."""

from __future__ import annotations

import pytest

from dbos_build.interpreter import knowledge
from support import stub_results
from support.typeshed import SUPPORTED, Stubs

KNOWN = knowledge.load()
# The tables say more, or something else, than the stubs: what the analysis can use.
OTHERWISE = {
    # The result is what was passed in: a coroutine, a task, a value.
    "arg0",
    "arg1",
    # Text and bytes, files of both kinds, and members of one family share their methods.
    "builtins.str",
    "io.TextIOWrapper",
    "codecs.StreamReaderWriter",
}


def test_the_generated_table_is_up_to_date() -> None:
    written = stub_results.TABLE.read_text(encoding="utf-8")
    assert written == stub_results.text(KNOWN), "in tests/, run `python -m support.stub_results`"


def test_results_written_by_hand_agree_with_the_stubs() -> None:
    results = stub_results.Results(Stubs(SUPPORTED[-1])).find()
    wrong = {
        f"{name}: {entry.returns}, not {results[name]}"
        for name, entry in KNOWN.exact.items()
        if name in results
        and entry.returns not in {"", results[name], *OTHERWISE}
        and not entry.returns.startswith(":")
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("datetime.datetime.timestamp", "builtins.float"),
        ("datetime.datetime.replace", "datetime.datetime"),
        ("json.dumps", "builtins.str"),
        ("re.compile", "re.Pattern"),
        ("re.Pattern.match", "re.Match"),
        ("builtins.str.split", "[builtins.str]"),
        ("hashlib.sha256", "hashlib.Object"),
        ("os.stat", "os.stat_result"),
        ("pathlib.PurePath.with_suffix", "pathlib.PurePath"),
        ("pathlib.Path.read_text", "builtins.str"),
        ("urllib.parse.quote", "builtins.str"),
        ("logging.getLogger", "logging.Logger"),
        ("sqlite3.connect", "sqlite3.Connection"),
        ("subprocess.check_output", ""),
    ],
)
def test_results(name: str, result: str) -> None:
    entry = KNOWN.find(name)
    assert entry is not None
    assert entry.returns == result
