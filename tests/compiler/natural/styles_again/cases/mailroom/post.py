from __future__ import annotations

import imaplib
import poplib
import smtplib
from collections import defaultdict
from email import message_from_bytes, policy
from email.message import EmailMessage
from operator import itemgetter
from typing import NamedTuple

from dbos import DBOS


class Letter(NamedTuple):
    sender: str
    subject: str
    size: int = 0


class Box:
    """Looks like a client, and is a list."""

    def __init__(self, letters: list[Letter]) -> None:
        self.letters = letters

    def search(self, sender: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.sender == sender]

    def send(self, letter: Letter) -> Box:
        return Box([*self.letters, letter])


class Server:
    def __init__(self, host: str) -> None:
        self.imap = imaplib.IMAP4_SSL(host)  # flags: DBS201

    def unread(self) -> list[bytes]:
        self.imap.select("INBOX")
        return self.imap.search(None, "UNSEEN")[1]


def parse(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    return Letter(message["From"], message["Subject"], len(raw))


def answer(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["To"], message["Subject"] = letter.sender, f"Re: {letter.subject}"
    return message


@DBOS.step()
def fetch(host: str) -> list[bytes]:
    return Server(host).unread()


@DBOS.step()
def send(to: str, text: str) -> None:
    with smtplib.SMTP("localhost") as server:
        server.sendmail("me", [to], text)


@DBOS.workflow()
def sort_mail(host: str) -> dict[str, int]:
    sizes: defaultdict[str, int] = defaultdict(int)
    box = Box([])
    for letter in map(parse, fetch(host)):
        box = box.send(letter)
        sizes[letter.sender] += letter.size
        send(letter.sender, answer(letter).as_string())
    return dict(sorted(sizes.items(), key=itemgetter(1)))


@DBOS.workflow()
def sort_here(host: str) -> int:
    server = Server(host)
    pop = poplib.POP3(host)  # flags: DBS201
    count, _ = pop.stat()
    return count + len(server.unread())
