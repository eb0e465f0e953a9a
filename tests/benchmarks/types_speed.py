"""What `check --types` costs beside mypy itself: cold, with nothing changed, with one file changed.

Run `python tests/benchmarks/types_speed.py [MODULES]`. A project of that many modules (300 unless
told, some 100 lines each, all with workflows whose clients only types tell) is checked from
nothing, again, and after an edit; mypy alone takes the same files. Figures are CPU seconds of all
processes, so that a busy machine does not spoil them.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dbos_build import rules

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import typed_projects

_FUNCTION = """

@DBOS.workflow()
def flow_{number}(app: App, order_id: str) -> str:
    client = acme.connect() if order_id else app.http
    answer = client.get(f"/orders/{{order_id}}/{number}")
    for each in acme.pool():
        each.post("/copies", {{"order": order_id}})
    return answer.text.strip()
"""
_FUNCTIONS_PER_MODULE = 12


def project(folder: Path, modules: int) -> Path:
    """A configured project; each module imports the one before it."""
    files = {"shop/__init__.py": ""}
    for number in range(modules):
        text = "import acme\nfrom acme import App\nfrom dbos import DBOS\n"
        if number:
            text += f"from shop.part_{number - 1} import flow_0 as before\n"
        text += "".join(_FUNCTION.format(number=each) for each in range(_FUNCTIONS_PER_MODULE))
        files[f"shop/part_{number}.py"] = text
    return typed_projects.written(folder, files)


def spent(action: Callable[[], object]) -> float:
    """CPU seconds of this process and its children while something runs."""
    before = _cpu()
    action()
    return _cpu() - before


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def analysed(root: Path) -> None:
    """A check without types."""
    rules.check(typed_projects.analysed(root)[1])


def mypy_alone(root: Path, cache: Path) -> None:
    """mypy with its defaults over the same files."""
    options = ["--check-untyped-defs", "--explicit-package-bases", "--ignore-missing-imports"]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(cache), "shop"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "found twice" in done.stdout:
        raise SystemExit(f"mypy alone did not run: {done.stdout}{done.stderr}")


def main() -> None:
    """Measure and print."""
    gc.disable()  # As the command does: syntax trees are many and free of cycles.
    modules = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as temporary, typed_projects.libraries():
        folder = Path(temporary)
        root = project(folder, modules)
        lines = sum(file.read_text("utf-8").count("\n") for file in root.rglob("*.py"))
        print(f"{modules} modules, {lines} lines")
        plain = spent(lambda: analysed(root))
        print(f"check without types         {plain:6.2f} s CPU")
        print(f"mypy alone, cold            {spent(lambda: mypy_alone(root, folder / 'c')):6.2f}")
        print(f"mypy alone, warm            {spent(lambda: mypy_alone(root, folder / 'c')):6.2f}")
        print(f"with types, cold            {spent(lambda: typed_projects.findings(root)):6.2f}")
        print(f"with types, nothing changed {spent(lambda: typed_projects.findings(root)):6.2f}")
        last = root / f"shop/part_{modules - 1}.py"
        last.write_text("# an edit\n" + last.read_text("utf-8"), encoding="utf-8")
        print(f"with types, one file edited {spent(lambda: typed_projects.findings(root)):6.2f}")


if __name__ == "__main__":
    main()
