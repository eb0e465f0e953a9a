import asyncio
import signal
import sys

from dbos import DBOS, DBOSConfig


@DBOS.step()
def print_page(page: int) -> None:
    sys.stdout.write(str(page))


@DBOS.workflow()
def spool(pages: int) -> int:
    for page in range(pages):
        print_page(page)
    return pages


@DBOS.workflow()
def spool_with_alarm(pages: int) -> int:
    signal.alarm(5)  # flags: DBS004
    answer = input("sure?")  # flags: DBS206
    return spool(pages) if answer == "y" else 0


def main() -> None:
    config: DBOSConfig = {"name": "spool"}
    DBOS(config=config)
    DBOS.launch()
    handle = DBOS.start_workflow(spool, 3)
    loop = asyncio.new_event_loop()
    loop.add_signal_handler(signal.SIGTERM, DBOS.destroy)
    print(handle.get_result())


if __name__ == "__main__":
    main()
