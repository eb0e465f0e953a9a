from dbos import DBOS

from notify.channels import CHANNELS


@DBOS.step()
def preferences(user: str) -> list[str]:
    import redis

    return redis.Redis().lrange(f"prefs:{user}", 0, -1)


@DBOS.workflow()
def notify(user: str, text: str) -> int:
    sent = 0
    for name in preferences(user):
        CHANNELS[name].send(user, text)
        sent += 1
    return sent
