"""Frozen dataclasses that cost little to define, and little to make.

The linter defines some ninety of them and starts anew at every save in an editor; there the standard decorator, which
compiles six methods for each class, takes longer than the check itself. This one compiles nothing: what differs between
classes is put into functions that they share. And it leaves it to the type checker to refuse assignments, which sees
ordinary frozen dataclasses: past a guard at run time, making an instance takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda decorator: decorator


_T = TypeVar("_T")


class _Identity:
    """What every frozen class has; instances are equal when they are the same object."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()
    _fields: Callable[[object], object]  # all fields at once, in C: these are hashed and compared all the time

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({', '.join(fields)})"

    def __getstate__(self) -> tuple[object, ...]:
        return _values(self)

    def __setstate__(self, state: tuple[object, ...]) -> None:
        for name, value in zip(self.__match_args__, state, strict=True):
            setattr(self, name, value)


class _Value(_Identity):
    """Equal by their fields."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        cls = type(self)
        return type(other) is cls and cls._fields(self) == cls._fields(other)

    def __hash__(self) -> int:
        cls = type(self)
        return hash((cls, cls._fields(self)))


class _Ordered(_Value):
    """Equal and ordered by their fields."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _values(self) < _values(other)


def _values(instance: Any) -> tuple[object, ...]:
    return tuple([getattr(instance, name) for name in instance.__match_args__])


@overload
def frozen(cls: type[_T]) -> type[_T]: ...
@overload
def frozen(*, eq: bool = True, order: bool = False) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True)
def frozen(cls: type[_T] | None = None, *, eq: bool = True, order: bool = False) -> Any:
    """Makes a class of annotated fields a frozen dataclass with slots.

    Defaults must be immutable. With ``eq=False`` instances compare by identity and keep a ``__dict__``, for cached
    properties.
    """
    if cls is None:
        return lambda decorated: _define(decorated, _Ordered if order else _Value if eq else _Identity)
    return _define(cls, _Value)


def replace(instance: _T, **changes: object) -> _T:
    """A copy with some fields changed."""
    cls = type(instance)
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
    if not changes.keys() <= set(names):
        raise TypeError(f"no fields of {cls.__name__}: {', '.join(sorted(changes.keys() - set(names)))}")
    return cls(*[changes[name] if name in changes else getattr(instance, name) for name in names])


def _define(cls: type, base: type) -> type:
    if cls.__bases__ != (object,):
        raise TypeError(f"a frozen class has no base classes: {cls.__name__}")
    namespace = dict(cls.__dict__)
    names = tuple(namespace.get("__annotations__", ()))
    defaults = {name: namespace.pop(name) for name in names if name in namespace}
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    namespace["__slots__"] = names if base is not _Identity else (*names, "__dict__")
    namespace["__match_args__"] = names
    namespace["_fields"] = attrgetter(*names) if names else id
    defined = type(cls)(cls.__name__, (base,), namespace)
    defined.__qualname__ = cls.__qualname__
    setattr(defined, "__init__", _init(defined, names, defaults))  # noqa: B010 (mypy: no access on an instance)
    return defined


def _init(cls: Any, names: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., None]:
    """``__init__`` with these parameters; it is made with the first instance: many classes never have any."""

    def first(self: object, *args: object, **kwargs: object) -> None:
        make = _named if len(names) < len(_SETTING) else _compiled
        cls.__init__ = init = make(names)
        init.__defaults__ = tuple(defaults.values())
        init(self, *args, **kwargs)

    return first


def _named(names: tuple[str, ...]) -> FunctionType:
    """A function that is compiled already, with these names for its parameters and for what it sets."""
    model = _SETTING[len(names)].__code__
    return FunctionType(model.replace(co_name="__init__", co_varnames=("self", *names), co_names=names), {})


def _compiled(names: tuple[str, ...]) -> FunctionType:
    scope: dict[str, Any] = {}
    exec(f"def __init__(self, {', '.join(names)}):\n" + "\n".join(f"  self.{name} = {name}" for name in names), scope)
    init: FunctionType = scope["__init__"]
    return init


# By the number of fields. Their names are put in the place of these letters.


def _set_0(self: Any) -> None:
    pass


def _set_1(self: Any, a) -> None:  # type: ignore[no-untyped-def]
    self.a = a


def _set_2(self: Any, a, b) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b = a, b


def _set_3(self: Any, a, b, c) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c = a, b, c


def _set_4(self: Any, a, b, c, d) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d = a, b, c, d


def _set_5(self: Any, a, b, c, d, e) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e = a, b, c, d, e


def _set_6(self: Any, a, b, c, d, e, f) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f = a, b, c, d, e, f


def _set_7(self: Any, a, b, c, d, e, f, g) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f, self.g = a, b, c, d, e, f, g


def _set_8(self: Any, a, b, c, d, e, f, g, h) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = a, b, c, d, e, f, g, h


def _set_9(self: Any, a, b, c, d, e, f, g, h, i) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h, self.i = a, b, c, d, e, f, g, h, i


def _set_10(self: Any, a, b, c, d, e, f, g, h, i, j) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h, self.i, self.j = a, b, c, d, e, f, g, h, i, j


def _set_11(self: Any, a, b, c, d, e, f, g, h, i, j, k) -> None:  # type: ignore[no-untyped-def]
    self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h, self.i, self.j, self.k = (
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
    )


_SETTING = (_set_0, _set_1, _set_2, _set_3, _set_4, _set_5, _set_6, _set_7, _set_8, _set_9, _set_10, _set_11)
