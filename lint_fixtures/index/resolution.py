"""Which definition a request gets, from where it is asked: overrides, closures and what cannot be told."""

from __future__ import annotations

from collections import deque

from lint_fixtures.frozen import frozen
from lint_fixtures.index.closures import Closure as Closure
from lint_fixtures.index.closures import Step, reaches, running, uncertain
from lint_fixtures.index.fixtures import Fixture, Fixtures
from lint_fixtures.index.generated import Generated, generated, hidden_names
from lint_fixtures.index.implicit import REQUESTS_OF_PLUGINS, Implicit
from lint_fixtures.index.marks import Marks
from lint_fixtures.index.modules import Module
from lint_fixtures.index.nodes import Node, Nodes, Test

_DEEPEST = 1000  # requests below each other: Python's recursion limit, which pytest meets before
_SCOPES = ("function", "class", "module", "package", "session")


class Resolution:
    """Answers as pytest would, from source alone; remembers the answers of one run."""

    def __init__(self, nodes: Nodes, fixtures: Fixtures, marks: Marks) -> None:
        self.nodes = nodes
        self.fixtures = fixtures
        self.marks = marks
        self._visible: dict[Module, dict[Node, dict[str, tuple[Fixture, ...]]]] = {}
        self._closures: dict[Module, dict[Test, Closure]] = {}
        self._steps: dict[Module, dict[Node, dict[tuple[str, bool], Step]]] = {}
        self._node_closures: dict[Module, dict[tuple[Node, tuple[str, ...]], Closure]] = {}
        self._hiding: dict[Module, frozenset[str]] = {}
        self._generated: dict[Node, Generated] = {}
        self._autouse: dict[Node, tuple[str, ...]] = {}
        self.implicit = Implicit(nodes.modules.sources, marks)

    def forget(self, module: Module) -> None:
        """Drops what was found out about the nodes and tests of a module."""
        self._visible.pop(module, None)
        self._closures.pop(module, None)
        self._steps.pop(module, None)
        self._node_closures.pop(module, None)
        self._hiding.pop(module, None)
        for memo in (self._generated, self._autouse):
            for node in [node for node in memo if node.module is module]:
                del memo[node]

    def visible(self, node: Node) -> dict[str, tuple[Fixture, ...]]:
        """Definitions by name at a node, the outermost first; the last one is what a request gets."""
        memo = self._visible.setdefault(node.module, {})
        if node not in memo:
            found: dict[str, tuple[Fixture, ...]] = {}
            for fixture in self.nodes.outside(node.module):
                found[fixture.name] = (*found.get(fixture.name, ()), fixture)
            providers = self.nodes.providers(node.module)
            for index, holder in enumerate(self.nodes.holders(node)):
                for fixture in holder:
                    found[fixture.name] = (*found.get(fixture.name, ()), fixture)
                for name in self._hidden(providers[index]) if index < len(providers) else ():
                    found.pop(name, None)
            if not self._readable(node.module):
                found = {name: uncertain(definitions) for name, definitions in found.items()}
            memo[node] = found
        return memo[node]

    def _readable(self, module: Module) -> bool:
        """Whether all that provides fixtures to a file could be parsed: what could not may define anything."""
        return all(provider.facts.parsed for provider in self.nodes.providers(module))

    def _hidden(self, module: Module) -> frozenset[str]:
        if module not in self._hiding:
            self._hiding[module] = hidden_names(self.marks, module)
        return self._hiding[module]

    def definitions(self, name: str, node: Node) -> tuple[Fixture, ...]:
        return self.visible(node).get(name, ())

    def requested(self, fixture: Fixture, name: str, node: Node) -> Fixture | None:
        """What a fixture gets for one of its requests.

        Its own name means the next definition outwards; so may a name whose definition it is itself a part of.
        """
        visible = self.visible(node)
        found = visible.get(name, ())
        if name == fixture.name and fixture in found:
            found = found[: found.index(fixture)]
        elif len(found) > 1 and reaches(found[-1], fixture.name, visible, set()):
            # which of the two comes first is up to the test, and its parametrization may cut the circle
            found = uncertain(found[:-1])
        return found[-1] if found else None

    def autouse(self, node: Node) -> tuple[str, ...]:
        if node not in self._autouse:
            found = self.visible(node).items()
            self._autouse[node] = tuple(name for name, each in found if any(one.autouse for one in each))
        return self._autouse[node]

    def closure(self, test: Test) -> Closure:
        memo = self._closures.setdefault(test.node.module, {})
        if test not in memo:
            direct, opaque = self._direct(test)
            asked, dynamic = self._initial(test)
            opaque = opaque or dynamic or not self._readable(test.node.module)
            unsure = (*self.nodes.usefixtures(test.node.module)[1], *self.implicit.of_test(test))
            memo[test] = self._close(test.node, asked, direct, opaque, unsure)
        return memo[test]

    def initial(self, test: Test) -> tuple[str, ...]:
        """The names that a test asks for itself: autouse, ``usefixtures``, arguments, constant ``getfixturevalue``."""
        return self._initial(test)[0]

    def node_closure(self, node: Node, names: tuple[str, ...]) -> Closure:
        """The closure of names asked for at a node, without any test's parametrization."""
        memo = self._node_closures.setdefault(node.module, {})
        if (node, names) not in memo:
            memo[node, names] = self._close(node, names, _Filled(), False)
        return memo[node, names]

    def _initial(self, test: Test) -> tuple[tuple[str, ...], bool]:
        arguments = () if test.unittest else self.fixtures.arguments(test.module, test.function)
        dynamic, opaque = self.fixtures.dynamic_requests(test.module, test.function)
        used, more = self._usefixtures(test)
        settings, _ = self.nodes.usefixtures(test.node.module)
        names = (*self.autouse(test.node), *settings, *used, *arguments, *dynamic)
        return tuple(dict.fromkeys(names)), opaque or more

    def _usefixtures(self, test: Test) -> tuple[tuple[str, ...], bool]:
        names: list[str] = []
        opaque = False
        for module, expr, _ in self.marks.of(test.module, test.function, test.node.classes):
            call = self.marks.is_mark(module, expr, "usefixtures")
            for argument in call.args if call else ():
                text = self.marks.text(module, argument)
                names += [text] if text else []
                opaque = opaque or text is None
        return tuple(names), opaque

    def _direct(self, test: Test) -> tuple[_Filled, bool]:
        if test.unittest:  # pytest parametrizes no method of a TestCase
            return _Filled(), False
        hooks = self._hooks(test.node)
        direct: set[str] = set()
        indirect: set[str] = set()
        unsure = set(hooks.names)
        opaque = hooks.opaque
        for module, expr, _ in self.marks.of(test.module, test.function, test.node.classes):
            call = self.marks.is_mark(module, expr, "parametrize")
            mark = self.marks.parametrize(module, call) if call else None
            if mark is None:
                continue
            if mark.names is None or mark.indirect is None:
                opaque = True
                unsure |= set(mark.names or self.fixtures.arguments(test.module, test.function))
            else:
                direct |= set(mark.names) - mark.indirect
                indirect |= mark.indirect
        return _Filled(frozenset(direct), frozenset(unsure - direct - indirect)), opaque

    def _hooks(self, node: Node) -> Generated:
        if node not in self._generated:
            own = generated(self.marks, node.module, node.classes)
            found = [own, *(generated(self.marks, module) for module in self.nodes.providers(node.module)[:-1])]
            names = frozenset(name for one in found for name in one.names)
            self._generated[node] = Generated(names, any(one.opaque for one in found))
        return self._generated[node]

    def _close(
        self, node: Node, names: tuple[str, ...], filled: _Filled, opaque: bool, unsure: tuple[str, ...] = ()
    ) -> Closure:
        """Names that are requested for sure come first; what only an uncertain definition requests is uncertain too."""
        found: dict[str, tuple[Fixture, ...]] = {}
        missing: set[str] = set()
        direct = set(filled.direct)
        extending: set[Fixture] = set()
        visible = self.visible(node)
        steps = self._steps.setdefault(node.module, {}).setdefault(node, {})
        waiting = deque((name, True, 0) for name in names)
        later = deque((name, False, 0) for name in unsure)
        while waiting or later:
            name, sure, depth = (waiting or later).popleft()
            if depth > _DEEPEST:
                raise RecursionError("a request chain that pytest cannot follow either")
            if name in found or name in missing or name in direct:
                continue
            if name not in visible:
                (direct if name in filled.unsure else missing).add(name)
                (waiting if sure else later).extend((more, sure, depth) for more in REQUESTS_OF_PLUGINS.get(name, ()))
                continue
            sure = sure and name not in filled.unsure
            step = steps.get((name, sure))
            if step is None:
                step = steps[name, sure] = self._step(visible, name, sure)
            found[name] = step.definitions
            extending.update(step.extending)
            waiting.extend((each, True, depth + 1) for each in step.sure)
            later.extend((each, False, depth + 1) for each in step.unsure)
            opaque = opaque or step.opaque
        return Closure(found, frozenset(missing), frozenset(direct), opaque, frozenset(extending))

    def _step(self, visible: dict[str, tuple[Fixture, ...]], name: str, sure: bool) -> Step:
        definitions = visible[name] if sure else uncertain(visible[name])
        several = len(definitions) > 1
        extending = tuple(one for one in definitions if reaches(one, name, visible, set())) if several else ()
        asked: list[str] = []
        perhaps: list[str] = []
        opaque = False
        for fixture in running(name, definitions, frozenset(extending)):
            dynamic, more = self.fixtures.dynamic_requests(fixture.module, fixture.function)
            (asked if sure and fixture.certain else perhaps).extend((*fixture.requests, *dynamic))
            perhaps += self.implicit.of_fixture(fixture)
            opaque = opaque or more
            sure = sure and name in fixture.requests  # in a wider circle it depends on where a test enters it
        return Step(definitions, extending, tuple(asked), tuple(perhaps), opaque)


@frozen
class _Filled:
    """Names that parametrization fills for sure, and those that it may fill."""

    direct: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def narrower(one: str, other: str) -> bool:
    """Whether the first scope ends before the second; settings may hold words that are no scope."""
    return one in _SCOPES and other in _SCOPES and _SCOPES.index(one) < _SCOPES.index(other)
