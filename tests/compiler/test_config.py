"""Configuration: where it is found, what it may say, and that a slip is one clear error."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from dbos_build import rules
from dbos_build.analysis import program
from dbos_build.error import ConfigError
from dbos_build.interpreter import knowledge
from dbos_build.settings import config, keys
from dbos_build.settings.config import Settings
from dbos_build.settings.keys import EffectRow
from support import analysis


def project(folder: Path, table: str, name: str = "pyproject.toml") -> Path:
    """A folder with a configuration file."""
    folder.mkdir(parents=True, exist_ok=True)
    head = "" if name == "dbos-build.toml" else "[tool.dbos-build]\n"
    (folder / name).write_text(head + table, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("source = ['a']", "unknown key 'source' in [tool.dbos-build]; did you mean 'sources'?"),
        ("zzz = 1", "unknown key 'zzz' in [tool.dbos-build]; known keys: baseline, effects"),
        ("sources = 'shop'", "'sources' must be a list of strings, not 'shop'"),
        ("sources = [1]", "'sources' must be a list of strings, not [1]"),
        ("sources = []", "'sources' is empty"),
        ("sources = ['../other']", "'sources' must stay inside the project"),
        ("sources = ['/etc']", "'sources' must stay inside the project"),
        ("registry = 1", "'registry' must be the path of a file, not 1"),
        ("registry = '../x.py'", "'registry' must stay inside the project"),
        ("registry = 'registry.txt'", "'registry' must be a Python file"),
        ("lock = ''", "'lock' must be the path of a file"),
        ("lock = 'a.py'\nregistry = 'a.py'", "'registry' and 'lock' name the same file"),
        ("strict = 'yes'", "'strict' must be true or false, not 'yes'"),
        ("sources = [", "is not valid TOML"),
        ("baseline = '../b.json'", "'baseline' must stay inside the project"),
        ("baseline = 'dbos-build.lock'", "'lock' and 'baseline' name the same file"),
        ("types = 1", "'types' must be true or false, not 1"),
        ("extend-select = 'DBS1'", "'extend-select' must be a list of strings"),
        ("per-file-ignores = ['a']", "'per-file-ignores' must be a table of patterns"),
        ("per-file-ignores = {'a/*' = 'DBS1'}", "'per-file-ignores.a/*' must be a list"),
        ("effects = 'pure'", "'effects' must be a table of names and effects"),
        ("effects.'a.b' = 3", "effects.a.b: 'effects' must be a word or a list of words, not 3"),
        ("effects.'a.b' = []", 'effects.a.b: says no effect; write "pure"'),
        ("effects.a = {effects = 'clock', wen = 'x'}", "unknown key 'wen'; did you mean 'when'?"),
        ("effects.a = {effects = 'clock', otherwise = 'pure'}", "no meaning without 'when'"),
    ],
)
def test_a_slip_is_one_line_that_names_the_file_and_the_key(
    tmp_path: Path, table: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load([project(tmp_path, table)])
    assert message in str(caught.value)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        config.load([tmp_path])


def test_a_byte_order_mark_is_named(tmp_path: Path) -> None:
    text = "[tool.dbos-build]\r\nstrict = true\r\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8-sig", newline="")
    with pytest.raises(ConfigError, match="begins with a byte order mark"):
        config.load([tmp_path])


def test_a_section_that_is_no_table_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ndbos-build = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="must be a table"):
        config.load([tmp_path])


def test_the_nearest_file_with_our_section_counts(tmp_path: Path) -> None:
    project(tmp_path, "sources = ['outer']")
    inner = tmp_path / "inner" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "inner" / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    found = config.load([inner])
    assert found.root == tmp_path
    assert found.sources == ("outer",)
    project(tmp_path / "inner", "strict = true", "dbos-build.toml")
    assert config.load([inner]) == Settings(root=tmp_path / "inner", strict=True)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert config.load([tmp_path]) == Settings()


def test_every_key_is_taken_over(tmp_path: Path) -> None:
    table = (
        "sources = ['a', 'b']\nregistry = 'a/registry.py'\nlock = 'x.lock'\nexclude = ['a/old']\n"
        "select = ['DBS1']\nignore = ['wall-clock']\nstrict = true\n"
        "extend-select = ['DBS2']\ntypes = true\nbaseline = 'known.json'\n"
        "[tool.dbos-build.per-file-ignores]\n'scripts/*' = ['DBS3', 'plain-sleep']\n"
        "[tool.dbos-build.effects]\n'acme.pay.*' = 'network'\nacme.tax = ['file', 'clock']\n"
        "acme.ids.make = {effects = 'random', when = 'missing:seed@0', otherwise = 'pure', "
        "returns = 'builtins.str'}\n"
    )
    assert config.load([project(tmp_path, table)]) == Settings(
        root=tmp_path,
        sources=("a", "b"),
        registry="a/registry.py",
        lock="x.lock",
        exclude=("a/old",),
        select=("DBS1",),
        ignore=("wall-clock",),
        strict=True,
        extend_select=("DBS2",),
        per_file_ignores=(("scripts/*", ("DBS3", "plain-sleep")),),
        types=True,
        baseline="known.json",
        effects=(
            EffectRow("acme.ids.make", ("random",), ("missing:seed@0",), ("pure",), "builtins.str"),
            EffectRow("acme.pay.*", ("network",)),
            EffectRow("acme.tax", ("file", "clock")),
        ),
    )


def test_paths_of_two_projects_are_refused(tmp_path: Path) -> None:
    one, two = project(tmp_path / "one", ""), project(tmp_path / "two", "")
    with pytest.raises(ConfigError, match="belong to different projects"):
        config.load([one, two])


def test_a_folder_that_is_configured_twice_is_refused(tmp_path: Path) -> None:
    project(tmp_path, "strict = true")
    project(tmp_path, "strict = false", "dbos-build.toml")
    with pytest.raises(ConfigError, match=r"configured twice, by dbos-build\.toml and by"):
        config.load([tmp_path])


def test_the_command_line_replaces_single_keys(tmp_path: Path) -> None:
    project(tmp_path, "strict = true\nignore = ['DBS1']")
    overrides = ["ignore = ['DBS2', 'DBS3']", "baseline=known.json", "effects.'a.b' = 'pure'"]
    assert config.load([tmp_path], overrides=overrides) == Settings(
        root=tmp_path,
        strict=True,
        ignore=("DBS2", "DBS3"),
        baseline="known.json",
        effects=(EffectRow("a.b", ("pure",)),),
    )
    assert config.load([tmp_path], isolated=True) == Settings()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("strict", "--config takes KEY=VALUE, not 'strict'"),
        ("=true", "--config takes KEY=VALUE"),
        ("strict=perhaps", "--config: 'strict' must be true or false, not 'perhaps'"),
        ("strickt=true", "--config: unknown key 'strickt' in [tool.dbos-build]; did you mean"),
        ("a b=1", "is not valid TOML"),
        ("lock=dbos_registry.py", "--config: 'registry' and 'lock' name the same file"),
    ],
)
def test_a_slip_on_the_command_line_is_one_line(
    tmp_path: Path, override: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load([tmp_path], isolated=True, overrides=[override])
    assert message in str(caught.value)


def test_the_published_schema_knows_exactly_the_keys_that_are_read() -> None:
    schema = json.loads(resources.files("dbos_build").joinpath("schema.json").read_text("utf-8"))
    properties: dict[str, Any] = schema["properties"]
    assert properties.keys() == keys.KEYS.keys()
    assert {key.replace("-", "_") for key in properties} == {
        field.name for field in fields(Settings) if field.name != "root"
    }
    assert schema["additionalProperties"] is False
    default = Settings()
    for key, said in properties.items():
        assert said["description"]
        if "default" in said:
            assert getattr(default, key.replace("-", "_")) == said["default"]
    sample = {"array": ["a.py"], "string": "a.py", "boolean": True, "object": {}}
    wrong = {"array": "x", "string": 3, "boolean": "x", "object": 3}
    for key, said in properties.items():
        keys.read({key: sample[said["type"]]}, "sample")
        with pytest.raises(ConfigError):
            keys.read({key: wrong[said["type"]]}, "sample")


def flagged(effects: dict[str, object], body: str) -> list[str]:
    """The codes found in a workflow with this body, under a table of effects."""
    lines = "".join(f"    {line}\n" for line in body.split("; "))
    text = f"import acme, time\nfrom dbos import DBOS\n\n@DBOS.workflow()\ndef run():\n{lines}"
    settings = config.parse({"effects": effects}, root=Path(), origin="test")
    made = program.analyse(analysis.project({"main.py": text}), settings)
    return [finding.code for finding in rules.check(made)]


@pytest.mark.parametrize(
    ("effects", "body", "codes"),
    [
        ({}, "return acme.pay.charge(1)", []),
        ({"acme.pay.*": "network"}, "return acme.pay.charge(1)", ["DBS201"]),
        ({"acme": {"pay": {"*": "network"}}}, "return acme.pay.charge(1)", ["DBS201"]),
        ({"acme.pay.*": "network", "acme.pay.rate": "pure"}, "return acme.pay.rate()", []),
        ({"time.time": "pure"}, "return time.time()", []),
        ({"time.*": "pure"}, "return time.time()", []),
        ({"time.*": "pure"}, "return time.monotonic()", []),
        (
            {"acme.now": {"effects": "clock", "when": "missing:zone@0", "otherwise": "pure"}},
            "return acme.now()",
            ["DBS001"],
        ),
        (
            {"acme.now": {"effects": "clock", "when": "missing:zone@0", "otherwise": "pure"}},
            "return acme.now('UTC')",
            [],
        ),
        (
            {"acme.Client": ["class", "pure"], "acme.Client.get": "network"},
            "client = acme.Client(); return client.get()",
            ["DBS201"],
        ),
    ],
)
def test_users_extend_the_table_of_effects(
    effects: dict[str, object], body: str, codes: list[str]
) -> None:
    assert flagged(effects, body) == codes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("netwrk", "effects.a.b: unknown effect 'netwrk'; did you mean 'network'?"),
        ("qqqq", "effects.a.b: unknown effect 'qqqq'; effects are address, agent, "),
        (
            {"effects": "clock", "when": "absent:x"},
            "effects.a.b: unknown condition 'absent:x'; conditions are given:NAME",
        ),
    ],
)
def test_a_word_that_is_no_effect_is_refused(row: object, message: str) -> None:
    settings = config.parse({"effects": {"a.b": row}}, root=Path(), origin="test")
    with pytest.raises(ConfigError) as caught:
        knowledge.extended(settings.effects)
    assert message in str(caught.value)
