from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from dbos import DBOS

lock = Lock()


@DBOS.step()
def probe(site: str) -> int:
    return len(site)


@DBOS.workflow()
def survey(sites: list[str]) -> list[int]:
    with ThreadPoolExecutor(max_workers=4) as pool:  # flags: DBS401
        return list(pool.map(probe, sites))


@DBOS.workflow()
def guarded(site: str) -> int:
    with lock:  # flags: DBS407
        return probe(site)
