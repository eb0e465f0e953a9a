from celery import Celery
from dbos import DBOS

app = Celery("bridge", broker="redis://")


@app.task
def resize(image: str) -> str:
    return image


@DBOS.step()
def queue_resize(image: str) -> str:
    return resize.delay(image).id


@DBOS.workflow()
def publish(image: str) -> str:
    task = queue_resize(image)
    resize.delay(image)  # flags: DBS202
    return task
