"""Helpers of the workflows: what they call, the workflows call."""

import acme


def fetch(client):
    return client.get("/")  # flags: DBS202


def make():
    return acme.connect()


class Gateway:
    def __init__(self):
        self.client = acme.connect()

    def charge(self, order_id):
        return self.client.post("/charges", {"order": order_id})  # flags: DBS202


class Api(acme.Session):
    def status(self):
        return self.get("/status")  # flags: DBS202
