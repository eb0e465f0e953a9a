from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass
class Chunk:
    text: str
    start: int

    def __len__(self) -> int:
        return len(self.text)


_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def split(text: str, size: int) -> list[Chunk]:
    chunks: list[Chunk] = []
    current, start = "", 0
    for sentence in _SENTENCE.split(text):
        if len(current) + len(sentence) > size and current:
            chunks.append(Chunk(current.strip(), start))
            start += len(current)
            current = ""
        current += sentence + " "
    if current.strip():
        chunks.append(Chunk(current.strip(), start))
    return chunks
