import smtplib
from email.message import EmailMessage


def render(text: str) -> tuple[str, str]:
    subject, _, body = text.partition("\n")
    return subject[:60], body or subject


class Mailer:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def send(self, to: str, subject: str, body: str) -> None:
        message = EmailMessage()
        message["To"], message["Subject"] = to, subject
        message.set_content(body)
        with smtplib.SMTP(self.host, self.port) as server:  # flags: DBS201
            server.starttls()  # maybe: DBS201 DBS202
            server.send_message(message)  # maybe: DBS201 DBS202
