from dbos import DBOS
from hvac import Client as Vault
from google.cloud import storage, pubsub_v1

vault = Vault(url="https://vault.example")
publisher = pubsub_v1.PublisherClient()


class Buckets:
    def __init__(self) -> None:
        self._client = storage.Client()

    def read(self, name: str) -> bytes:
        return self._client.bucket("docs").blob(name).download_as_bytes()  # flags: DBS202


buckets = Buckets()


@DBOS.step()
def secret(path: str) -> str:
    return vault.secrets.kv.v2.read_secret_version(path=path)["data"]["data"]["value"]


@DBOS.workflow()
def rotate(path: str) -> int:
    value = secret(path)
    data = buckets.read(path)
    publisher.publish("topic", data)  # flags: DBS202
    return len(value) + len(data)
