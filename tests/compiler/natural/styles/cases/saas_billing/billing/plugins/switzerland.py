import requests

from . import tax_rule


@tax_rule("CH")
def vat(net: int, customer_kind: str) -> int:
    rates = requests.get("https://rates.example/ch", timeout=5).json()  # flags: DBS201
    return int(net * rates[customer_kind])
