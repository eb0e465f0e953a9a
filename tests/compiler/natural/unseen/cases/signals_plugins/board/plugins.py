import random
import re

import requests

from .hooks import hookimpl


class Urgency:
    WORDS = ("down", "lost", "now")

    @hookimpl
    def score(self, ticket):
        return sum(ticket.count(word) for word in self.WORDS)

    @hookimpl
    def label(self, ticket):
        found = re.search(r"\[(\w+)\]", ticket)
        return found.group(1) if found else "none"


class Remote:
    @hookimpl
    def score(self, ticket):
        return requests.post("https://score.example.com", data=ticket).json()["score"]  # flags: DBS201


class Rota:
    TEAM = ["ada", "bo", "cy"]

    @hookimpl(tryfirst=True)
    def route(self, ticket):
        return random.choice(self.TEAM)  # flags: DBS101
