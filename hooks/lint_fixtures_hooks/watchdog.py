"""Ends a suite whose hook is gone, however it went; run by path with `python -I -S`.

Standard input is a pipe from the hook. A word on it says that the suite has ended; that it closes without one, that the
hook was killed.
"""

import os
import signal
import sys
import time

STOPPING = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 0.0))  # signal, seconds to obey it


def main(group: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.stdin.read():
        return
    for number, patience in STOPPING:
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(patience)


if __name__ == "__main__":
    main(int(sys.argv[1]))
