"""Threads and processes in a workflow: steps get their numbers in the order of the race."""

import concurrent.futures
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Thread, Timer

from dbos import DBOS


@DBOS.step()
def notify(name: str) -> str:
    return f"told {name}"


def in_parallel(names: list[str]) -> list[str]:
    with ThreadPoolExecutor(max_workers=4) as pool:  # flags: DBS401
        return list(pool.map(notify, names))


class Crew:
    def __init__(self, size: int) -> None:
        self.pool = concurrent.futures.ThreadPoolExecutor(size)  # flags: DBS401

    def work(self, names: list[str]) -> list[str]:
        waiting = [self.pool.submit(notify, name) for name in names]
        return [each.result() for each in waiting]


class Worker(Thread):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def run(self) -> None:
        notify(self.name)


@DBOS.workflow()
def mapped(names: list[str]) -> list[str]:
    with ThreadPoolExecutor() as pool:  # flags: DBS401
        answers = list(pool.map(notify, names))
    return answers


@DBOS.workflow()
def by_helper(names: list[str]) -> list[str]:
    return in_parallel(names)


@DBOS.workflow()
def by_crew(names: list[str]) -> list[str]:
    return Crew(3).work(names)


@DBOS.workflow()
def started(names: list[str]) -> int:
    threads = [threading.Thread(target=notify, args=(name,)) for name in names]  # flags: DBS401
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(threads)


@DBOS.workflow()
def own_worker(name: str) -> str:
    worker = Worker(name)  # flags: DBS401
    worker.start()
    worker.join()
    return name


@DBOS.workflow()
def later(name: str) -> str:
    timer = Timer(0.0, notify, [name])  # flags: DBS401
    timer.start()
    timer.join()
    return name


@DBOS.workflow()
def processes(names: list[str]) -> list[int]:
    with ProcessPoolExecutor() as pool:  # flags: DBS401
        return list(pool.map(len, names))


@DBOS.workflow()
def pooled(names: list[str]) -> list[int]:
    with multiprocessing.Pool(2) as pool:  # flags: DBS401
        return pool.map(len, names)
