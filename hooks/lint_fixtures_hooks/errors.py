"""The one kind of failure that a user meets: a line that says what happened, where, and what to do."""

import re
from typing import ClassVar

LOGIN = re.compile(r"(://[^\s:/@]*:)(?!\*+@)\S*@")
WORD = re.compile(r"(?i)(password\s*=\s*)(?!\*)('(?:[^'\\]|\\.)*'?|[^&\s]*)")


def without_passwords(text: str) -> str:
    """Those of urls and conninfo strings, rather too much hidden than too little."""
    return WORD.sub(r"\1***", LOGIN.sub(r"\1***@", text))


class HookError(Exception):
    """The hook could not tell whether the suite is good; exit code 3."""

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str) -> None:
        # here, because it quotes what was given, wherever it was given wrongly, and CI keeps its logs
        super().__init__(without_passwords(message))


class UsageError(HookError):
    """The request itself is wrong or refused: settings, flags, a database that is not ours; exit code 2."""

    exit_code: ClassVar[int] = 2
