"""For bin/run: whether the address is free before anything starts, and the word once it answers.

python bin/address.py HOST PORT      leaves with a sentence where nothing could listen
"""

import http.client
import os
import socket
import sys
import time

import json_lines

# From the start of the processes; a slow machine that imports everything anew takes a while.
PATIENCE = 60


def main(host: str, port: str) -> None:
    """Leave with a sentence if nothing could listen there."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        sys.exit(f"PORT={port} is not a port. Type a number from 1 to 65535: PORT=8000 bin/run")
    check(host, int(port))


def check(host: str, port: int) -> None:
    """Leave with a sentence where nothing could listen."""
    try:
        for family, kind, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
                listener.listen()
    except PermissionError:
        sys.exit(f"Port {port} is for the administrator alone. Choose a higher one: PORT=8000 bin/run")
    except OSError as error:
        sys.exit(reason(error, host, port))


def reason(error: OSError, host: str, port: int) -> str:
    """Say why nothing can listen there, and what to type."""
    if error.errno == socket.EAI_NONAME or isinstance(error, socket.gaierror):
        return f"HOST={host} is not an address. Type one of this machine: HOST=127.0.0.1 bin/run"
    if "in use" in str(error):
        another = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} is taken on {host}; perhaps Parley is running already."
            f" End that, or choose another port: PORT={another} bin/run"
        )
    return (
        f"This machine cannot listen on {host}, port {port} ({error.strerror}). Type: HOST=127.0.0.1 bin/run"
    )


def announce(host: str, port: int) -> None:
    """Print the address once it answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if status := answer(host, port):
            trouble = f" (for now with an error, {status}; see above)" if status >= 500 else ""
            tell(f"Parley is at http://{shown(host)}:{port}/{trouble}")
            return
        time.sleep(0.1)


def tell(sentence: str) -> None:
    """Print a sentence, for people or for a collector."""
    if json_lines.is_wanted():
        print(json_lines.as_object("bin/run", sentence), flush=True)
    else:
        print(f"\n{sentence}   Ctrl-C ends it.\n", flush=True)


def answer(host: str, port: int) -> int:
    """Give the status of a request, or 0 while nobody answers."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/", headers={"Host": f"{allowed(host)}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def reachable(host: str) -> str:
    """The address to ask at: to listen on all of them is not one of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def allowed(host: str) -> str:
    """The name to ask by: one that the settings allow, or the question would be logged as a forgery."""
    names = os.environ.get("ALLOWED_HOSTS", "*").split(",")
    return shown(host) if {shown(host), "*"} & set(names) else names[0].lstrip(".")


def shown(host: str) -> str:
    """The host as it stands in an address that one types."""
    if host in {"0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    main(*sys.argv[1:])
