import random
import time


def with_retry(call, times: int = 3):
    for attempt in range(times):
        try:
            return call()
        except ConnectionError:
            time.sleep(2**attempt + random.random())  # flags: DBS003 DBS101
    return None
