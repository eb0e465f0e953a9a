import functools
import time


def cached(ttl: int):
    def outer(function):
        store: dict = {}

        @functools.wraps(function)
        def inner(*args):
            hit = store.get(args)
            if hit and time.time() - hit[0] < ttl:  # flags: DBS001
                return hit[1]
            value = function(*args)
            store[args] = (time.time(), value)  # flags: DBS001
            return value

        return inner

    return outer
