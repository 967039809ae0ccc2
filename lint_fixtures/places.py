"""Places in messages: rules name them relative to the project's root, people open them from where they are."""

from __future__ import annotations

import os
import re

PLACE = re.compile(r"([^\s'\"():,]+\.py):(\d+)")


def base_of(root: str) -> str:
    """What the places in reports are relative to: the working directory, as flake8 writes paths.

    It is the root where the working directory is not below it, as editors start flake8 anywhere.
    """
    here = os.getcwd()  # noqa: PTH109
    return here if here.startswith(os.path.join(root, "")) else root  # noqa: PTH118


def from_here(message: str, root: str) -> str:
    """A message of a rule with its places as reports write them."""
    base = base_of(root)
    if base == root:
        return message

    def moved(place: re.Match[str]) -> str:
        path = os.path.join(root, place[1])  # noqa: PTH118
        if not os.path.isfile(path):  # noqa: PTH113
            return place[0]  # the end of a path with a blank in it
        return f"{os.path.relpath(path, base).replace(os.sep, '/')}:{place[2]}"

    return PLACE.sub(moved, message)
