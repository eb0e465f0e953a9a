"""One file in the newest round, and questions about it for as long as nothing newer is checked.

In: the address of a file, and what is to be answered about it. Out: the answer; of the newest text
where a newer one comes in between. Never does: let anybody look at the trees of a program that a
later check has taken over, as edits are made in them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from lsprotocol import types

from dbos_build.error import OvertakenError
from dbos_lint import positions
from dbos_lint.documents import Document, as_read
from dbos_lint.project import Result
from dbos_lint.server.adapter import Server, found_in
from dbos_lint.server.wire import Translator
from dbos_lint.workspace import Round

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class View:
    """A file as a round has it: the result that holds it, and its path in there."""

    server: Server
    round: Round
    uri: str
    result: Result
    path: str
    translator: Translator

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """Let the worker answer; everything that looks at trees belongs into the question.

        Raises OvertakenError once something newer is checked.
        """
        return await self.server.running.ask(question, about=self.round)

    def place(self, position: types.Position) -> tuple[int, int] | None:
        """Line and column from 1, in characters; None where the program speaks of another text."""
        if self.path in self.result.broken:
            return None
        lines = positions.lines_of(self.result.texts[self.path])
        if not 0 <= position.line < len(lines):
            return None
        encoding = self.server.running.documents.encoding
        column = positions.to_characters(lines[position.line], position.character, encoding)
        return position.line + 1, column + 1

    def document(self) -> Document | None:
        """The buffer that has the text of this view; None where none has.

        Raises OvertakenError when somebody has typed since.
        """
        document = self.server.running.documents.get(self.uri)
        if document is not None and as_read(document.text) == self.result.texts[self.path]:
            return document
        if self.server.running.is_behind:
            raise OvertakenError("the buffer has changed")
        return None


async def newest(
    server: Server, uri: str, answer: Callable[[View], Awaitable[Answer]], otherwise: Answer
) -> Answer:
    """What is to be answered about a file; `otherwise` for one that no project holds.

    It is answered anew when something newer was checked in between.
    """
    while True:
        done = await server.running.settled()
        found = found_in(done, uri)
        if done is None or found is None:
            return otherwise
        view = View(server, done, uri, *found, server.translator(found[0]))
        try:
            return await answer(view)
        except OvertakenError:
            continue
