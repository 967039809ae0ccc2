"""Requests that a test makes with a JSON body: to which function, with which fields, and what it expects back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_fixtures.body import Assert, Attr, Call, Const, Name, Node, Op, Raise, Try, walk
from lint_fixtures.facts import Function
from lint_fixtures.frozen import frozen
from lint_fixtures.index import kinds
from lint_fixtures.index.expected import may_be_of_database
from lint_fixtures.index.made_up import is_made_up
from lint_fixtures.index.model_facts import ForeignKey, Model
from lint_fixtures.index.modules import flatten
from lint_fixtures.index.names import FunctionRef
from lint_fixtures.index.routes import is_named_after, pattern
from lint_fixtures.index.stand_ins import stands_in
from lint_fixtures.index.subjects import Subject, can_be_told, runs_with
from lint_fixtures.index.values import Scope

if TYPE_CHECKING:
    from lint_fixtures.index import Project
    from lint_fixtures.index.resolution import Closure

_REFUSED = (
    r"HTTP_[45]\d\d|NOT_FOUND|BAD_REQUEST|UNPROCESSABLE|FORBIDDEN|UNAUTHORIZED|CONFLICT|INTERNAL_SERVER|is_client_error"
    r"|is_error|is_server_error"
)
_MADE = r"HTTP_20\d|\.(?:OK|CREATED|ACCEPTED)$|is_success"
_FAKES = r"(?i)mock|monkeypatch|stub|fake|respx|override|^patch\b|\.patch\.object"
_CREATED = r"HTTP_201|\.CREATED$"
_OK = frozenset({200, 201, 202, 204})
_DEPTH = 4


@frozen
class Post:
    """``handler`` None: no route is found for the path, and the test expects a row to be created.

    ``keys`` are fields with a made-up value whose names may be keys: what answers a request takes all of the
    application to tell, so it is asked for these alone.
    """

    call: Call
    handler: FunctionRef | None
    keys: frozenset[str]


def posts(project: Project, subject: Subject) -> Iterator[Post]:
    """Of a test that expects them to succeed, against the real thing."""
    function = subject.scope.function
    if function is None or subject.expects_error or not _expects_success(function):
        return
    for call in function.body.calls:
        body = call.keyword("json")
        if body is None or not _is_request(project, call, subject.scope):
            continue
        fields = project.rows.payloads.fields(body, subject.scope) or {}
        told = (name for name, value in fields.items() if is_made_up(project.names, value, subject.scope))
        keys = frozenset(name for name in told if "id" in name.lower())
        handler = project.routes.handler(call.dotted.rpartition(".")[2], call.args[0]) if keys else None
        if keys and (handler or _expects_row(function)):
            yield Post(call, handler, keys)


def made_up_keys(project: Project, post: Post) -> Iterator[tuple[Model, ForeignKey]]:
    """Required keys of rows that the request creates, whose field is made up."""
    for model in dict.fromkeys(_posted_to(project, post)):
        for key in project.models.required_keys(model):
            if key.attribute in post.keys and key.target_table:
                yield model, key


def without_parent(project: Project, subject: Subject, post: Post, key: ForeignKey) -> bool:
    """Whether neither the test nor the application creates a row of the key's table: not at its start, not in any
    request of the test or its fixtures, as far as all of these can be looked into."""
    table = (key.target_table or "").rpartition(".")[2]
    if any(stands_in(project, closure) for closure in subject.closures or ()):
        return False
    if post.handler is not None and _swallows(project, post.handler):
        return False
    for closure in subject.closures or ():
        runs = runs_with(project, subject, closure)
        handled = dict(_answered(project, runs, closure))
        further = _dependencies(project, post.handler) if post.handler is not None else ()
        starts = (*runs, *handled.values(), *further, *project.routes.started())
        created = project.parents.created(starts, frozenset((post.call, *handled)))
        if not can_be_told(closure) or created.opaque or table in created.tables:
            return False
    return not project.strays.seeded(table, subject.scope.module)


def _answered(project: Project, runs: list[FunctionRef], closure: Closure) -> Iterator[tuple[Call, FunctionRef]]:
    """The requests of all functions that run, with the functions that answer them."""
    nodes = {fixture.function: fixture for fixture in closure.fixtures()}
    for ref in runs:
        fixture = nodes.get(ref.function)
        node = project.node_of(fixture) if fixture is not None else None
        for call in ref.function.body.calls:
            handler = _handler(project, call, Scope(ref.module, ref.function, node, fixture))
            if handler is not None:
                yield call, handler


def _handler(project: Project, call: Call, scope: Scope) -> FunctionRef | None:
    method = call.dotted.rpartition(".")[2]
    return project.routes.handler(method, call.args[0]) if _is_request(project, call, scope) else None


def _is_request(project: Project, call: Call, scope: Scope) -> bool:
    receiver, _, method = call.dotted.rpartition(".")
    if method not in {"post", "put", "patch"} or not receiver or not call.args:
        return False
    kind = project.values.kind(Name(receiver), scope)
    return kind == kinds.CLIENT or (kind == kinds.UNKNOWN and "client" in receiver.lower())


def _posted_to(project: Project, post: Post) -> Iterator[Model]:
    """The models of the rows that a request may create."""
    if post.handler is not None:
        yield from _models(project, post.handler)
    elif post.call.dotted.endswith(".post"):
        segments = [each for each in pattern(post.call.args[0]).segments if each]
        for field in sorted(post.keys):
            model = project.routes.only_model(project.models, field)
            if model is not None and segments and is_named_after(segments[-1], model):
                yield model


def _dependencies(project: Project, handler: FunctionRef) -> Iterator[FunctionRef]:
    """What ``Depends(...)`` in a handler's parameters runs."""
    told = [each for param in handler.function.params for each in (param.default, param.annotation) if each is not None]
    for call in (node for each in told for node in walk(each) if isinstance(node, Call) and node.args):
        target = project.names.resolve_expr(handler.module, call.args[0])
        if call.dotted.rpartition(".")[2] in {"Depends", "Security"} and isinstance(target, FunctionRef):
            yield target


def _models(project: Project, handler: FunctionRef) -> Iterator[Model]:
    """The models that a handler, or a function that it calls, constructs."""
    for ref in _reached(project, handler):
        yield from (model for model, _ in project.rows.created(ref.module, ref.function))


def _swallows(project: Project, handler: FunctionRef) -> bool:
    """Whether a handler, or a function that it calls, may answer as if nothing had happened when a row is refused."""
    for ref in _reached(project, handler):
        for statement, _ in flatten(ref.function.body.statements):
            caught = statement.handlers if isinstance(statement, Try) else ()
            silent = (each for each in caught if not any(isinstance(node, Raise) for node in walk(each.body)))
            if any(may_be_of_database(project.names, ref.module, ref.function, each) for each in silent):
                return True
    return False


def _reached(project: Project, handler: FunctionRef) -> Iterator[FunctionRef]:
    seen: set[FunctionRef] = set()
    level = [handler]
    for _ in range(_DEPTH):
        level = [ref for ref in dict.fromkeys(level) if ref not in seen]
        seen.update(level)
        yield from level
        targets = (
            project.names.resolve_expr(ref.module, call.func, ref.function)
            for ref in level
            for call in ref.function.body.calls
        )
        level = [target for target in targets if isinstance(target, FunctionRef)]


def _expects_row(function: Function) -> bool:
    nodes = list(walk(function.body.statements))
    codes = {node.value for node in nodes if isinstance(node, Const)}
    return 201 in codes or any(isinstance(node, Name) and re.search(_CREATED, node.dotted) for node in nodes)


def _expects_success(function: Function) -> bool:
    """Whether a test says that a status is in the 200s and speaks of no other, and uses no stand-ins."""
    nodes = [*walk(function.body.statements), *walk(function.decorators)]
    names = [node.dotted for node in nodes if isinstance(node, Name)]
    names += [node.name for node in nodes if isinstance(node, Attr)] + [param.name for param in function.params]
    codes = {node.value for node in nodes if isinstance(node, Const) and isinstance(node.value, int)}
    if any(400 <= code < 600 for code in codes) or any(
        re.search(_REFUSED, name) or re.search(_FAKES, name) for name in names
    ):
        return False
    asserted = [statement for statement, _ in flatten(function.body.statements) if isinstance(statement, Assert)]
    told = [node for each in asserted for node in walk(each.test)]
    if any(map(_denies, told)):
        return False
    plain = any(isinstance(node, Const) and node.value in _OK for node in told)
    named = any(isinstance(node, Name) and re.search(_MADE, node.dotted) for node in told)
    return plain or named or any(name.endswith("raise_for_status") for name in names)


def _denies(node: Node) -> bool:
    """``not response.is_success``, ``response.is_success is False``, ``response.status_code != 201``."""
    if not isinstance(node, Op):
        return False
    made = any(isinstance(part, Name) and re.search(_MADE, part.dotted) for part in node.parts)
    if node.kind == "NotEq":
        return made or any(isinstance(part, Const) and part.value in _OK for part in node.parts)
    return made and (node.kind == "Not" or Const(False) in node.parts)
