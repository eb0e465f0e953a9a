"""Code maps: the tables in the READMEs that say what each module is, tied to the modules.

In: a README with table rows that begin with a module's name in backticks. Out: those rows with the
first sentence of the module's docstring, and rows for modules that have none yet. Run it as
`python tests/support/codemap.py` to bring every README up to date; a test checks that they are.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "compiler": "dbos_build",
    "runtime": "dbos",
    "lint": "dbos_lint",
    "templates": "dbos_templates",
}
START, END = "<!-- code map -->", "<!-- end of code map -->"


def summary(path: Path) -> str:
    """The first sentence of a module's docstring; of a package's, for a folder."""
    source = path / "__init__.py" if path.is_dir() else path
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s", first)[0].rstrip(".").replace("|", "\\|")


def modules(package: Path) -> dict[str, str]:
    """Name → summary of everything directly inside a package; folders end in a slash."""
    found = {}
    for path in sorted(package.iterdir()):
        if path.is_dir() and (path / "__init__.py").exists():
            found[f"{path.name}/"] = summary(path)
        elif path.suffix == ".py" and path.name not in ("__init__.py", "dbos_registry.py"):
            found[path.name] = summary(path)
    return found


def updated(text: str, package: Path) -> str:
    """A README's text with its code map brought up to date; the order of its rows is kept."""
    head, start, rest = text.partition(START)
    old, end, tail = rest.partition(END)
    if not start or not end:
        return text
    now = modules(package)
    listed = [name for name in re.findall(r"^\| `([^`]+)` \|", old, re.MULTILINE) if name in now]
    order = [*listed, *(name for name in now if name not in listed)]
    rows = "\n".join(f"| `{name}` | {now[name]} |" for name in order)
    return f"{head}{start}\n| module | what it is |\n|---|---|\n{rows}\n{end}{tail}"


def main() -> None:
    """Update the code map of every package's README."""
    for folder, package in PACKAGES.items():
        readme = ROOT / folder / "README.md"
        text = readme.read_text(encoding="utf-8")
        readme.write_text(updated(text, ROOT / folder / package), encoding="utf-8")


if __name__ == "__main__":
    main()
