"""The design, held as tests: who may import whom, how large things may get, what must be said."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE_ROOTS = {
    "compiler": "dbos_build",
    "runtime": "dbos",
    "lint": "dbos_lint",
    "templates": "dbos_templates",
}
TOP_LEVEL = {
    *SOURCE_ROOTS,
    "tests",
    "examples",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
}
FILE_LINES = 500
FUNCTION_LINES = 70
FORBIDDEN_MODULE_NAMES = {"utils", "util", "common", "helpers", "manager", "base", "core", "misc"}

# Package → what it may import besides the standard library and itself.
ALLOWED_IMPORTS = {
    "dbos_build": {"dbos_templates", "click", "libcst", "mypy", "tomlkit"},
    "dbos": {
        *("sqlalchemy", "psycopg", "croniter", "click", "starlette", "uvicorn", "pytest"),
        *("opentelemetry", "confluent_kafka", "pydantic"),
    },
    "dbos_lint": {"dbos_build", "pygls", "lsprotocol", "flake8", "mypy", "pylsp", "croniter"},
    "dbos_templates": {"jinja2", "markupsafe"},
}
# Third-party package → the only places (paths or folders) that may import it.
CONFINED_IMPORTS = {
    "sqlalchemy": ("runtime/dbos/system/", "runtime/dbos/transactions/"),
    "psycopg": ("runtime/dbos/system/",),
    "croniter": ("runtime/dbos/scheduling/cron", "lint/dbos_lint/schedules"),
    "click": ("runtime/dbos/cli", "compiler/dbos_build/cli"),
    "starlette": ("runtime/dbos/console",),
    "uvicorn": ("runtime/dbos/console",),
    "pytest": ("runtime/dbos/pytest_plugin",),
    "opentelemetry": ("runtime/dbos/kernel/tracing", "runtime/dbos/telemetry"),
    "confluent_kafka": ("runtime/dbos/kafka",),
    "pydantic": ("runtime/dbos/validation",),
    "libcst": ("compiler/dbos_build/fixes", "compiler/dbos_build/upgrading/"),
    "tomlkit": ("compiler/dbos_build/founding/",),
    "jinja2": ("templates/dbos_templates/",),
    "pygls": ("lint/dbos_lint/server",),
    "lsprotocol": ("lint/dbos_lint/server",),
    "flake8": ("lint/dbos_lint/flake8",),
    "pylsp": ("lint/dbos_lint/pylsp",),
    "mypy": ("lint/dbos_lint/mypy", "compiler/dbos_build/types"),
}
# What would import or run the code under analysis.
EXECUTING_CALLS = {"exec", "eval", "compile", "__import__"}
READING_MODULES = {"importlib.resources", "importlib.metadata"}
EXECUTING_MODULES = {"importlib", "runpy", "inspect", "pkgutil", "pickle", "marshal", "imp"}


def tracked_files(*patterns: str) -> list[Path]:
    """The project's own files, known to git or new; in an unpacked sdist, all that it holds."""
    if not (ROOT / ".git").exists():
        found = (path for pattern in patterns or ("*",) for path in ROOT.rglob(pattern))
        return sorted(path for path in found if path.is_file() and ".venv" not in path.parts)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return sorted(ROOT / name for name in listed if name and (ROOT / name).is_file())


def is_data(path: Path) -> bool:
    """Whether a Python file is input or expected output of tests, not code of ours."""
    parts = path.relative_to(ROOT).parts
    return parts[0] == "tests" and bool({"cases", "golden", "build", "seeds"} & set(parts[1:-1]))


PYTHON_FILES = [
    path for path in tracked_files("*.py") if not is_data(path) and path.name != "dbos_registry.py"
]
PACKAGE_FILES = [path for path in PYTHON_FILES if path.relative_to(ROOT).parts[0] in SOURCE_ROOTS]


def identify(path: Path) -> str:
    """A test's name for a file."""
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """The syntax tree of one of our files."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of one of our files."""
    return tuple(ast.walk(parse(path)))


@pytest.fixture(scope="module", autouse=True)
def no_trees_are_kept() -> Iterator[None]:
    """The trees of all files are many: they go with the last test of this module."""
    yield
    parse.cache_clear()
    nodes.cache_clear()


def package_of(path: Path) -> str:
    """The import package that a file belongs to."""
    return path.relative_to(ROOT).parts[1]


def module_of(path: Path) -> str:
    """The dotted name of a file inside its source root."""
    parts = path.relative_to(ROOT).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def for_types_only(path: Path) -> set[ast.AST]:
    """The nodes below `if TYPE_CHECKING:`, which no program ever runs."""
    return {
        inner
        for node in nodes(path)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }


@cache
def imported_modules(path: Path) -> tuple[tuple[int, str], ...]:
    """What `imports` finds in a file; several tests ask."""
    return tuple(imports(path))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each import that may run, wherever it stands; relative ones too."""
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    skipped = for_types_only(path)
    for node in nodes(path):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
                yield node.lineno, ".".join([*anchor, *([node.module] if node.module else [])])
            elif node.module:
                names = [alias.name for alias in node.names]
                is_data = node.module == "importlib" and names in (["resources"], ["metadata"])
                yield node.lineno, f"importlib.{names[0]}" if is_data else node.module


def test_only_the_agreed_entries_stand_at_the_top() -> None:
    entries = {path.relative_to(ROOT).parts[0] for path in tracked_files()}
    assert {entry for entry in entries if not entry.startswith(".")} <= TOP_LEVEL


def test_each_source_root_holds_exactly_one_package() -> None:
    for folder, package in SOURCE_ROOTS.items():
        inside = {
            path.relative_to(ROOT / folder).parts[0]
            for path in PACKAGE_FILES
            if path.is_relative_to(ROOT / folder)
        }
        assert inside == {package}, f"{folder}/ holds {sorted(inside)}"


def test_imports_stay_inside_what_the_design_allows() -> None:
    wrong = []
    for path in PACKAGE_FILES:
        package, place = package_of(path), identify(path)
        for line, name in imported_modules(path):
            top = name.partition(".")[0]
            if top == package or top in sys.stdlib_module_names:
                continue
            if top not in ALLOWED_IMPORTS[package]:
                wrong.append(f"{place}:{line} imports {name}")
            elif not place.startswith(places := CONFINED_IMPORTS.get(top, ("",))):
                wrong.append(f"{place}:{line} imports {name}; only {places} may")
    assert not wrong, "\n".join(wrong)


def test_the_toolchain_cannot_import_or_run_user_code() -> None:
    wrong = []
    for path in PACKAGE_FILES:
        if package_of(path) == "dbos":
            continue
        wrong += [
            f"{identify(path)}:{line}: {name}"
            for line, name in imported_modules(path)
            if name not in READING_MODULES and name.partition(".")[0] in EXECUTING_MODULES
        ]
        wrong += [
            f"{identify(path)}:{node.lineno}: {node.func.id}"
            for node in nodes(path)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in EXECUTING_CALLS
        ]
    assert not wrong, "\n".join(wrong)


def module_graph(package: str) -> dict[str, set[str]]:
    """Which modules of a package import which at run time, at module level."""
    files = {module_of(path): path for path in PACKAGE_FILES if package_of(path) == package}
    graph: dict[str, set[str]] = {name: set() for name in files}
    for name, path in files.items():
        for imported, names in run_time_imports(path):
            targets = {f"{imported}.{each}" for each in names} & files.keys()
            targets |= {imported} & files.keys() if not targets else set()
            graph[name] |= targets - {name}
    return graph


def run_time_imports(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Imports executed when the module is: not under TYPE_CHECKING, not inside functions."""
    waiting: list[ast.stmt] = list(parse(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, [alias.name for alias in node.names]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            waiting += [*node.body, *node.orelse]
        elif isinstance(node, ast.Try):
            waiting += [*node.body, *node.orelse, *node.finalbody]
            waiting += [statement for handler in node.handlers for statement in handler.body]


@pytest.mark.parametrize("package", sorted(SOURCE_ROOTS.values()))
def test_imports_inside_a_package_have_no_cycles(package: str) -> None:
    assert cycle(module_graph(package)) == []


@pytest.mark.parametrize("package", sorted(SOURCE_ROOTS.values()))
def test_folders_of_a_package_import_each_other_one_way(package: str) -> None:
    rooms: dict[str, set[str]] = {}
    modules = module_graph(package)
    folders = {name for name in modules if any(other.startswith(f"{name}.") for other in modules)}

    def room(module: str) -> str:
        top = ".".join(module.split(".")[:2])
        return top if top in folders else module

    for module, targets in modules.items():
        rooms.setdefault(room(module), set()).update(room(each) for each in targets)
    rooms = {name: targets - {name} for name, targets in rooms.items()}
    assert cycle(rooms) == []


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """A way that leads back to where it began, or nothing."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in sorted(graph[name]):
            if found := visit(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := visit(name, []))), [])


def test_files_and_functions_stay_small() -> None:
    large = []
    for path in PYTHON_FILES:
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > FILE_LINES:
            large.append(f"{identify(path)} has {lines} lines")
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    large.append(f"{identify(path)}:{node.lineno} {node.name}: {length} lines")
    assert not large, "\n".join(large)


def test_every_module_says_what_it_is() -> None:
    silent = [identify(path) for path in PYTHON_FILES if not ast.get_docstring(parse(path))]
    assert not silent, "\n".join(silent)


def undocumented(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    """The public names of a module or class that have no docstring."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        overload = any("overload" in ast.dump(each) for each in node.decorator_list)
        setter = any(
            isinstance(each, ast.Attribute) and each.attr in ("setter", "deleter")
            for each in node.decorator_list
        )
        # A statement of SQL is a value: its name says what it is.
        sql = any(ast.unparse(each) == "statement" for each in node.decorator_list)
        if node.name.startswith("_") or overload or setter or sql:
            continue
        if not ast.get_docstring(node):
            yield f"{prefix}:{node.lineno} {node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, prefix)


def test_every_public_name_has_a_docstring() -> None:
    missing = [
        name for path in PACKAGE_FILES for name in undocumented(parse(path).body, identify(path))
    ]
    assert not missing, "\n".join(missing)


def test_modules_are_nouns_of_the_domain() -> None:
    vague = [identify(path) for path in PACKAGE_FILES if path.stem in FORBIDDEN_MODULE_NAMES]
    assert not vague, "\n".join(vague)


def test_nothing_is_left_open() -> None:
    left = []
    for path in tracked_files("*.py", "*.md", "*.toml"):
        text = path.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)
        if found and path != Path(__file__):
            left.append(f"{identify(path)}: {found.group()}")
    assert not left, "\n".join(left)


def test_tests_neither_sleep_nor_skip() -> None:
    forbidden = {
        "time.sleep",
        *(f"pytest.{name}" for name in ("skip", "mark.skip", "mark.skipif", "mark.xfail")),
    }
    found = []
    for path in PYTHON_FILES:
        place = identify(path)
        if not place.startswith("tests/"):
            continue
        if place.startswith(("tests/benchmarks/", "tests/support/oracle/")):
            continue
        found += [
            f"{place}:{node.lineno} {ast.unparse(node)}"
            for node in nodes(path)
            if isinstance(node, ast.Attribute)
            and node.attr in ("sleep", "skip", "skipif", "xfail")
            and ast.unparse(node) in forbidden
        ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("folder", [*SOURCE_ROOTS, "tests"])
def test_each_folder_readme_maps_its_code(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 150
    assert "nvariant" in text
    if folder == "tests":
        return
    package = ROOT / folder / SOURCE_ROOTS[folder]
    for entry in sorted(package.iterdir()):
        named = entry.name if entry.suffix == ".py" else f"{entry.name}/"
        tracked = any(path == entry or path.is_relative_to(entry) for path in PACKAGE_FILES)
        if tracked and entry.name != "__init__.py":
            assert f"`{named}`" in text, f"{folder}/README.md does not mention `{named}`"


def test_ci_runs_exactly_the_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python3 -m venv .*$", readme, re.MULTILINE)
    assert len(commands) == 2, commands
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    ci_commands = [line for line in script if line.startswith("python3 ")]
    assert ci_commands == [command for command in commands if command.endswith("pytest")]
