"""flake8 with another way of starting its workers: `_start.py METHOD ARGUMENTS...`."""

import multiprocessing
import sys

from flake8.main.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
