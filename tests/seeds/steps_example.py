import requests
from dbos import DBOS


@DBOS.step()
def example_step():
    return requests.get("https://example.com").text
