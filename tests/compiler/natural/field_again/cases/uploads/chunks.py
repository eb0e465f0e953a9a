import base64
import hashlib
import itertools
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from dbos import DBOS


@DBOS.step()
def send_chunk(number: int, chunk: str) -> str:
    return f"{number}:{len(chunk)}"


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    stream = BytesIO(data)
    while piece := stream.read(size):
        yield piece


def header(data: bytes) -> bytes:
    return struct.pack(">II", len(data), zlib.crc32(data))


@DBOS.workflow()
def upload(text: str) -> str:
    data = text.encode()
    digest = hashlib.sha256(header(data))
    sent = []
    for number, piece in zip(itertools.count(1), chunks(data, 1024)):
        digest.update(piece)
        sent.append(send_chunk(number, base64.b64encode(piece).decode()))
    return digest.hexdigest() + sent[-1]
