"""The server as a process: clients that talk nonsense, go away or are killed."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO

import pytest

SERVER = [sys.executable, "-m", "dbos_build", "server"]
END_SECONDS = 20.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server that nobody has greeted yet."""
    pipe = subprocess.PIPE
    quiet = subprocess.DEVNULL
    with subprocess.Popen(SERVER, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=quiet) as made:
        yield made
        made.kill()


def framed(content: bytes) -> bytes:
    """A message as it is sent."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(content), content)


def send(stream: IO[bytes], content: bytes) -> None:
    """Write one message."""
    stream.write(framed(content))
    stream.flush()


def request(number: int, method: str, **given: object) -> bytes:
    """A request as bytes."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": given}).encode()


def answer(stream: IO[bytes] | BufferedReader, number: int) -> dict[str, object]:
    """The answer to a request; what else is said before is left out."""
    while True:
        length = 0
        while (header := stream.readline().strip()) != b"":
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        assert length, "the server closed its output"
        message: dict[str, object] = json.loads(stream.read(length))
        if message.get("id") == number and "method" not in message:
            return message


def test_nonsense_is_answered_or_left_out_and_the_server_goes_on(
    server: subprocess.Popen[bytes],
) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(b"GET / HTTP/1.1\r\nHost: nobody\r\n\r\n")
    send(server.stdin, b"this is no JSON")
    send(server.stdin, b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 7}')
    send(server.stdin, b"[]")
    send(server.stdin, b"\xff\xfe\x00")
    send(server.stdin, request(1, "initialize", capabilities={}, processId=None, rootUri=None))
    assert "result" in answer(server.stdout, 1)
    send(server.stdin, request(2, "textDocument/hover", textDocument={}, position="nowhere"))
    send(server.stdin, request(3, "no/such/method"))
    assert "error" in answer(server.stdout, 3)
    send(server.stdin, request(4, "shutdown"))
    assert answer(server.stdout, 4)["result"] is None
    server.communicate(timeout=END_SECONDS)


def test_a_request_that_is_taken_back_does_not_hold_up_the_next(
    server: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    (tmp_path / "a.py").write_text("x = (\n", encoding="utf-8")
    uri = (tmp_path / "a.py").resolve().as_uri()
    offered: dict[str, object] = {"textDocument": {"diagnostic": {}}}
    send(server.stdin, request(1, "initialize", capabilities=offered, rootUri=tmp_path.as_uri()))
    answer(server.stdout, 1)
    send(server.stdin, b'{"jsonrpc": "2.0", "method": "initialized", "params": {}}')
    send(server.stdin, request(2, "textDocument/diagnostic", textDocument={"uri": uri}))
    send(server.stdin, b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}}')
    send(server.stdin, request(3, "textDocument/diagnostic", textDocument={"uri": uri}))
    assert "error" in answer(server.stdout, 2)
    assert "DBS990" in json.dumps(answer(server.stdout, 3))


def test_a_server_ends_when_its_input_does(server: subprocess.Popen[bytes]) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    send(server.stdin, request(1, "initialize", capabilities={}, processId=None, rootUri=None))
    answer(server.stdout, 1)
    server.communicate(timeout=END_SECONDS)
    assert server.returncode == 0


def test_a_server_ends_with_a_client_that_was_killed(tmp_path: Path) -> None:
    """The pipe stays open in this process, so that only the death itself can tell."""
    program = f"""
        import subprocess, sys
        with subprocess.Popen({SERVER!r}, stdin=int(sys.argv[1]), stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            print(child.pid, flush=True)
    """
    reading, writing = os.pipe()
    given = request(1, "initialize", capabilities={}, processId=None, rootUri=None)
    os.write(writing, framed(given))
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(reading)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        pass_fds=[reading],
    ) as client:
        assert client.stdout is not None
        ended = os.pidfd_open(int(client.stdout.readline()))
        client.kill()
    ready, _, _ = select.select([ended], [], [], END_SECONDS)
    for descriptor in (ended, reading, writing):
        os.close(descriptor)
    assert ready, "the server outlived its client"


def test_a_server_can_be_reached_by_tcp(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = request(1, "initialize", capabilities={}, processId=None, rootUri=None)
    call = [*SERVER, "--tcp", str(port)]
    with subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        assert b"serving one client on 127.0.0.1" in server.stderr.readline()
        address = ("127.0.0.1", port)
        with socket.create_connection(address) as client, client.makefile("rb") as stream:
            client.sendall(framed(given))
            assert "result" in answer(stream, 1)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address)
            client.sendall(framed(request(2, "shutdown")))
            assert "result" in answer(stream, 2), "the second client did not get between"
        server.communicate(timeout=END_SECONDS)
        assert server.returncode == 0


@pytest.mark.parametrize(
    "given", [["--tcp", "here"], ["--tcp", "1", "--stdio"], ["--tcp", "1:99999999"]]
)
def test_wrong_options_are_refused_in_one_line(given: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*SERVER, *given], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "--tcp" in done.stderr
    assert "Traceback" not in done.stderr
