import logging
import shortuuid
from kafka import KafkaProducer

__all__ = ["make_reference", "audit"]

_producer = KafkaProducer(bootstrap_servers="localhost")


def make_reference(source: str) -> str:
    return f"{source}-{shortuuid.uuid()}"  # flags: DBS104


def audit(reference: str) -> None:
    _producer.send("audit", reference.encode())  # flags: DBS202
    logging.debug("audited %s", reference)
