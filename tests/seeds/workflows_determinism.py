import requests
from dbos import DBOS


@DBOS.step()
def example_step():
    return requests.get("https://example.com").text


@DBOS.workflow()
def example_workflow(friend: str):
    body = example_step()
    return example_transaction(body)
