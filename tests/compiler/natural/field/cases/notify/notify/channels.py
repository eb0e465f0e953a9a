from __future__ import annotations

import smtplib
from abc import ABC, abstractmethod
from email.message import EmailMessage

from slack_sdk import WebClient
from twilio.rest import Client as Twilio


class Channel(ABC):
    @abstractmethod
    def send(self, to: str, text: str) -> None: ...


class Mail(Channel):
    def __init__(self, host: str) -> None:
        self.host = host

    def send(self, to: str, text: str) -> None:
        message = EmailMessage()
        message["To"] = to
        message.set_content(text)
        with smtplib.SMTP(self.host) as server:  # flags: DBS201
            server.send_message(message)  # flags: DBS201


class Slack(Channel):
    def __init__(self) -> None:
        self.web = WebClient()

    def send(self, to: str, text: str) -> None:
        self.web.chat_postMessage(channel=to, text=text)  # flags: DBS202


class Sms(Channel):
    def __init__(self) -> None:
        self.client = Twilio()

    def send(self, to: str, text: str) -> None:
        self.client.messages.create(to=to, body=text)  # flags: DBS202


CHANNELS: dict[str, Channel] = {"mail": Mail("localhost"), "slack": Slack(), "sms": Sms()}
