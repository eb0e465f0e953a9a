import os

from dbos import DBOS
from flask import Flask, current_app, g, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.from_prefixed_env()
db = SQLAlchemy(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    stock = db.Column(db.Integer)


def remaining(name: str) -> int:
    item = Item.query.filter_by(name=name).first()  # flags: DBS205
    return item.stock if item else 0


@DBOS.step()
def take(name: str) -> None:
    with app.app_context():
        item = Item.query.filter_by(name=name).one()
        item.stock -= 1
        db.session.commit()


@DBOS.workflow()
def buy(name: str) -> bool:
    if remaining(name) == 0:
        return False
    take(name)
    db.session.execute(db.text("update items set sold = 1"))  # flags: DBS205
    return True


@app.post("/buy/<name>")
def post(name: str):
    g.name = name
    limit = int(os.environ.get("LIMIT", "3"))
    handle = DBOS.start_workflow(buy, name)
    return {"id": handle.workflow_id, "limit": limit, "debug": current_app.debug}
