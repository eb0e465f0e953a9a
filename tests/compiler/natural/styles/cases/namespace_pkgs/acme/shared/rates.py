from urllib.request import urlopen


def current(currency: str) -> float:
    with urlopen(f"https://rates.example/{currency}") as answer:  # flags: DBS201
        return float(answer.read())  # maybe: DBS202 DBS201
