import urllib.request


def track(code: str) -> str:
    with urllib.request.urlopen(f"https://track.example/{code}") as answer:  # flags: DBS201
        return answer.read().decode()
