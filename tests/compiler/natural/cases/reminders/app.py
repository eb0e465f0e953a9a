"""Earthquake-style reminder mails with retries and a circuit breaker."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from dbos import DBOS, Queue

from breaker import CircuitBreaker, CircuitOpen
from mailer import Mailer, render

reminders = Queue("reminders", limiter={"limit": 50, "period": 60})
breaker = CircuitBreaker(failures=5, cooldown=30)
mailer = Mailer("smtp.example.com", 587)


@DBOS.step(retries_allowed=True, max_attempts=10, backoff_rate=2)
def send_mail(to: str, subject: str, body: str) -> None:
    mailer.send(to, subject, body)


@DBOS.workflow()
def remind(to: str, text: str, days: int) -> str:
    subject, body = render(text)
    send_mail(to, "Noted: " + subject, body)
    DBOS.sleep(days * 24 * 60 * 60)
    try:
        with breaker:
            send_mail(to, subject, body)
    except CircuitOpen:
        return "skipped"
    return "sent"


@DBOS.workflow()
def remind_at(to: str, text: str, when: str) -> str:
    target = datetime.fromisoformat(when)
    delay = (target - datetime.now(timezone.utc)).total_seconds()  # flags: DBS001
    if delay > 0:
        DBOS.sleep(delay)
    mailer.send(to, "Reminder", text)
    return "sent"


@DBOS.workflow()
def escalate(to: str, managers: list[str]) -> int:
    sent = 0
    deadline = lambda hours: datetime.now() + timedelta(hours=hours)  # flags: DBS001
    until = deadline(4)
    for manager in managers:
        send_mail(manager, "Escalation", f"{to} does not answer; due {until:%H:%M}")
        sent += 1
    return sent
