"""verify-suite with a fault in its own process, for what cannot be done from outside.

`python start.py FAULT ARGUMENT...`

`clock` makes time.time() jump by up to three days; `ports:N` takes the first N free ports between look and use.
"""

import random
import socket
import sys
import time

from lint_fixtures_hooks.main import main
from lint_fixtures_hooks.postgres import postmaster

DAYS = 3 * 24 * 3600.0


def jump() -> None:
    real, chance = time.time, random.Random()
    offsets = [0.0]

    def jumping() -> float:
        if chance.random() < 0.2:
            offsets[0] = chance.uniform(-DAYS, DAYS)
        return real() + offsets[0]

    time.time = jumping


def steal_ports(count: int) -> None:
    look, thieves = postmaster._free_port, list[socket.socket]()

    def stolen() -> int:
        port = look()
        if len(thieves) < count:
            thieves.append(socket.create_server(("127.0.0.1", port)))
        return port

    postmaster._free_port = stolen


if __name__ == "__main__":
    fault, _, number = sys.argv[1].partition(":")
    if fault == "clock":
        jump()
    elif fault == "ports":
        steal_ports(int(number))
    sys.exit(main(sys.argv[2:]))
