"""Which provider serves a request, and why."""

from dataclasses import replace

from lint_fixtures_hooks.errors import HookError, UsageError
from lint_fixtures_hooks.postgres.compose import compose
from lint_fixtures_hooks.postgres.local import local
from lint_fixtures_hooks.postgres.provider import Choice, Provider, Refusal
from lint_fixtures_hooks.postgres.server import ServerRequest
from lint_fixtures_hooks.postgres.url import url
from lint_fixtures_hooks.postgres.wheel import wheel

PROVIDERS: dict[str, Provider] = {"url": url, "local": local, "wheel": wheel, "compose": compose}
INSTALL = "pip install 'lint-fixtures[suite]'"


def choose(request: ServerRequest) -> Choice:
    """The pinned provider, else the first that can serve.

    Raises UsageError for an unknown name or a missing url, HookError with every provider's reason when none can.
    """
    if request.provider is not None and request.provider not in PROVIDERS:
        raise UsageError(f"provider {request.provider!r} is unknown: use one of {', '.join(PROVIDERS)}")
    if request.provider == "url" and not request.url:
        raise UsageError("provider 'url' needs a url: set it or LINT_FIXTURES_DATABASE_URL")
    names = list(PROVIDERS) if request.provider is None else [request.provider]
    refusals = []
    for name in names:
        answer = PROVIDERS[name](request)
        if isinstance(answer, Choice):
            return answer if request.provider else _with_extensions(answer, request)
        refusals.append(answer)
    raise HookError(_no_server(refusals))


def _with_extensions(found: Choice, request: ServerRequest) -> Choice:
    """The compose service in place of a server without what the project makes there; its image is chosen for that."""
    if request.compose is None or not (missing := found.lacks(request.extensions)):
        return found
    other = compose(request)
    if isinstance(other, Refusal):
        return found
    return replace(other, reason=f"{other.reason}, as {found.provider} has no extension {', '.join(missing)}")


def _no_server(refusals: list[Refusal]) -> str:
    reasons = "; ".join(f"{refusal.provider}: {refusal.reason}" for refusal in refusals)
    return f"no PostgreSQL to run the suite on ({reasons}). To get one: {INSTALL}"
