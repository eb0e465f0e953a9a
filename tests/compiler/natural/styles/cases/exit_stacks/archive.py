from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress

from dbos import DBOS


@contextmanager
def scratch() -> Iterator[str]:
    folder = tempfile.mkdtemp()  # flags: DBS203
    try:
        yield folder
    finally:
        shutil.rmtree(folder)  # flags: DBS203


@contextmanager
def section(title: str) -> Iterator[list[str]]:
    lines = [f"== {title}"]
    yield lines
    lines.append("==")


@DBOS.step()
def pack(names: list[str]) -> int:
    with scratch() as folder, ExitStack() as stack:
        files = [stack.enter_context(open(os.path.join(folder, name), "w")) for name in names]
        return len(files)


@DBOS.step()
def upload(text: str) -> int:
    return len(text)


@DBOS.workflow()
def report(titles: list[str]) -> int:
    lines: list[str] = []
    with ExitStack() as stack:
        for title in titles:
            lines.extend(stack.enter_context(section(title)))
    with suppress(ValueError), nullcontext():
        lines.remove("")
    return upload("\n".join(lines))


@DBOS.workflow()
def report_buffered(titles: list[str]) -> int:
    with closing(io.StringIO()) as buffer, redirect_stdout(buffer):  # maybe: DBS304
        buffer.write(",".join(titles))
        text = buffer.getvalue()
    return upload(text)


@DBOS.workflow()
def pack_here(names: list[str]) -> int:
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        stack.callback(os.remove, folder + "/lock")  # flags: DBS203
        files = [stack.enter_context(open(folder + name)) for name in names]  # flags: DBS203
        return len(files)
