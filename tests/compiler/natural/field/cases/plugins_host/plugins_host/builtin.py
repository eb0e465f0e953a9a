import socket
from uuid import uuid4


class Upper:
    name = "upper"

    def run(self, data: dict) -> dict:
        return {key: str(value).upper() for key, value in data.items()}


class Stamp:
    name = "stamp"

    def run(self, data: dict) -> dict:
        return {**data, "id": str(uuid4()), "host": socket.gethostname()}  # flags: DBS104 DBS303
