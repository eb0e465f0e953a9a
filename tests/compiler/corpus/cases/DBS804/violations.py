"""What only a workflow may do, done by plain functions."""

from dbos import DBOS


def endpoint(name: str) -> object:
    return DBOS.recv("paid")  # flags: DBS804


def publish(name: str) -> None:
    DBOS.set_event("state", name)  # flags: DBS804


async def publish_async(name: str) -> None:
    await DBOS.set_event_async("state", name)  # flags: DBS804


def patched(name: str) -> str:
    return "new" if DBOS.patch("new-price") else "old"  # flags: DBS804


class Handler:
    def handle(self, name: str) -> object:
        return DBOS.recv("paid", timeout_seconds=5)  # flags: DBS804


def stream(name: str) -> None:
    DBOS.write_stream("lines", name)  # flags: DBS804


def main() -> None:
    endpoint("a")
    publish("b")
    Handler().handle("c")


if __name__ == "__main__":
    DBOS.launch()
    main()


class Page(Handler):
    def show(self, name: str) -> object:
        return _state(name)


def _state(name: str) -> object:
    return DBOS.recv(name)  # flags: DBS804


def page(name: str) -> object:
    return _state(name)
