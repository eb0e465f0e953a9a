"""Clean: templates, dates and numbers computed from inputs."""

import calendar
import datetime
import html
import math
import string
import textwrap
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from urllib.parse import quote, urlencode, urlparse

import jinja2
import yaml
from dateutil.relativedelta import relativedelta
from dbos import DBOS
from markdown import markdown

environment = jinja2.Environment(autoescape=True)
TEMPLATE = string.Template("$title: $body")


@DBOS.step()
def load(page: str) -> str:
    return open(page).read()


@DBOS.workflow()
def render(page: str, on: datetime.date) -> dict[str, str]:
    source = load(page)
    meta = yaml.safe_load(source.split("---")[0]) or {}
    body = markdown(html.escape(source))
    month = calendar.month_name[on.month]
    due = on + relativedelta(months=1)
    share = Fraction(1, 3)
    price = Decimal("2.345").quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    link = urlparse("https://wiki.example").netloc + quote(page) + urlencode({"d": due.isoformat()})
    text = environment.from_string("{{ a }}").render(a=TEMPLATE.substitute(title=month, body=body))
    return {
        "text": textwrap.fill(text),
        "link": link,
        "price": str(price + Decimal(math.ceil(share))),
        "meta": str(sorted(meta)),
    }
