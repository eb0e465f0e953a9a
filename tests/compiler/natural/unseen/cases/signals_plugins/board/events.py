import time

from blinker import Namespace, signal

signals = Namespace()
opened = signals.signal("opened")
closed = signal("closed")
archived = signals.signal("archived")


@opened.connect
def stamp(sender, **extra):
    extra.get("ticket", {})["opened_at"] = time.time()  # flags: DBS001


@closed.connect
def count(sender, ticket=None):
    return len(ticket or {})


def audit(sender, ticket=None):
    with open("/var/log/board.log", "a") as log:  # flags: DBS203
        log.write(f"{sender} {ticket}\n")  # maybe: DBS203


archived.connect(audit)
