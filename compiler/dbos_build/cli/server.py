"""`dbos-build server`: the language server, for editors.

In: how the editor connects. Out: nothing of its own: the process becomes the server, which is no
part of the compiler. Never: writes to standard output, where the editor listens.
"""

from __future__ import annotations

import os
import subprocess
import sys

import click

_MODULE = "dbos_lint.server"


@click.command("server")
@click.option("--stdio", is_flag=True, help="Standard input and output, as without any option.")
@click.option("--tcp", metavar="[HOST:]PORT", help="Wait for one client here; for debugging.")
def command(stdio: bool, tcp: str | None) -> int:
    """Serve an editor that speaks the Language Server Protocol.

    It shows what `check` prints, for the text as it is being typed. Needs the extra `lsp`.
    """
    if stdio and tcp is not None:
        raise click.UsageError("--stdio and --tcp exclude each other")
    if tcp is not None and not _is_address(tcp):
        raise click.UsageError(f"--tcp takes a port, or HOST:PORT, not {tcp!r}")
    call = [sys.executable, "-m", _MODULE, *(["--tcp", tcp] if tcp is not None else [])]
    if os.name == "nt":  # Replacing the process would end it for whoever started it.
        return subprocess.call(call)
    return os.execv(sys.executable, call)


def _is_address(text: str) -> bool:
    """Whether a text is a port, or a host and a port."""
    port = text.rpartition(":")[2]
    return port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) < 65536
