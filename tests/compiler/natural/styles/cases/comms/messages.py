from __future__ import annotations

from dataclasses import dataclass

import stripe
from dbos import DBOS
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


@dataclass
class Channels:
    slack: WebClient
    mail: SendGridAPIClient


CHANNELS = Channels(WebClient("xoxb"), SendGridAPIClient("key"))


class Desk:
    def __init__(self, channels: Channels) -> None:
        self.channels = channels

    def say(self, text: str) -> str:
        try:
            answer = self.channels.slack.chat_postMessage(channel="#ops", text=text)  # flags: DBS202
        except SlackApiError as error:
            return str(error)
        return str(answer["ts"])

    def compose(self, to: str, text: str) -> Mail:
        return Mail(from_email="a@example.org", to_emails=to, subject="Hi", html_content=text)


desk = Desk(CHANNELS)


@DBOS.step()
def say(text: str) -> str:
    return desk.say(text)


@DBOS.step(retries_allowed=True)
def charge(customer: str, cents: int) -> str:
    intent = stripe.PaymentIntent.create(
        amount=cents, currency="eur", customer=customer, idempotency_key=DBOS.workflow_id
    )
    return intent.id


@DBOS.workflow()
def sell(customer: str, cents: int) -> str:
    receipt = charge(customer, cents)
    say(f"sold {receipt}")
    return receipt


@DBOS.workflow()
def sell_hastily(customer: str, cents: int) -> str:
    intent = stripe.PaymentIntent.create(amount=cents, currency="eur")  # flags: DBS202
    desk.say(f"sold {intent.id}")
    CHANNELS.mail.send(desk.compose(customer, "thanks"))  # flags: DBS202
    return str(intent.id)


@DBOS.workflow()
def verify_hook(payload: str, signature: str) -> str:
    event = stripe.Webhook.construct_event(payload, signature, "whsec")  # flags: DBS001
    return str(event["type"])
