from __future__ import annotations

import mimetypes
from email.message import EmailMessage
from email.utils import formatdate, formataddr, make_msgid

import jinja2
from loguru import logger

env = jinja2.Environment(loader=jinja2.DictLoader({"hello": "Hello {{ name }}"}))


def compose(to: str, name: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = formataddr((name, to))
    message["Date"] = formatdate()  # flags: DBS001
    message["Message-ID"] = make_msgid()  # flags: DBS104
    message.set_content(env.get_template("hello").render(name=name))  # maybe: DBS203
    kind, _ = mimetypes.guess_type("hello.pdf")
    logger.debug("composed {}", kind)
    return message
