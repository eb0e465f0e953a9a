import socket


def probe(host: str) -> bool:
    try:
        socket.create_connection((host, 443), timeout=1).close()  # flags: DBS201
    except OSError:
        return False
    return True
