import functools
import json
from pathlib import Path

LOG = Path("/var/log/audit.jsonl")


def audited(area: str):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with LOG.open("a") as log:  # flags: DBS203
                log.write(json.dumps({"area": area, "call": function.__name__}) + "\n")
            return function(*args, **kwargs)

        return wrapper

    return decorate
