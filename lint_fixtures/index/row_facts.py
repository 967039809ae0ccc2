"""One row that some code adds."""

from __future__ import annotations

from lint_fixtures.body import Expr
from lint_fixtures.facts import Function, Location
from lint_fixtures.frozen import frozen
from lint_fixtures.index.model_facts import Model
from lint_fixtures.index.modules import Module


@frozen
class Row:
    """One row that is added. ``given`` maps attributes (columns for an insert) to the expressions that they get.

    ``open`` is True when something else may fill attributes that are not in ``given``.
    """

    model: Model
    module: Module
    function: Function
    location: Location
    given: dict[str, Expr]
    open: bool
    insert: bool = False  # a Core insert: neither relationships nor events of the mapper take part
    origin: Row | None = None  # the row of a helper, as the helper itself tells it; this one is its caller's
    flushed: bool = False  # the helper flushes it
