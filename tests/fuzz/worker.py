"""The process that lints: one JSON line in for each case, one out; it may crash, hang or be killed."""

from __future__ import annotations

import json
import os
import sys
import warnings

from tests.fuzz.judge import judged


def main() -> None:
    os.nice(10)
    warnings.simplefilter("ignore")  # of the compiler, about the files that are checked
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what else is printed is no answer
    for line in sys.stdin:
        request = json.loads(line)
        found = list(judged(request["paths"], request["cached"], request["deep"]))
        print(json.dumps(found), file=answers, flush=True)


if __name__ == "__main__":
    main()
