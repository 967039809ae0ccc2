"""Frozen dataclasses that cost little to define.

The linter defines some ninety of them and starts anew at every save in an editor; there the standard decorator, which
compiles six methods for each class, takes longer than the check itself. This one compiles ``__init__`` for classes of
which many instances are made and shares the rest. Type checkers see ordinary frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda decorator: decorator


_T = TypeVar("_T")
_MANY = 200  # instances of a class, from which on it pays to compile its ``__init__``


class _Identity:
    """What every frozen class has; instances are equal when they are the same object."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()
    _fields: Callable[[object], object]  # all fields at once, in C: these are hashed and compared all the time

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot assign to {name!r} of a frozen {type(self).__name__}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete {name!r} of a frozen {type(self).__name__}")

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({', '.join(fields)})"

    def __getstate__(self) -> tuple[object, ...]:
        return _values(self)

    def __setstate__(self, state: tuple[object, ...]) -> None:
        for name, value in zip(self.__match_args__, state, strict=True):
            object.__setattr__(self, name, value)


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
    """``__init__`` with these parameters; it sets the slots past ``__setattr__``."""
    setters = tuple(cls.__dict__[name].__set__ for name in names)
    size, count, last = len(names), 0, tuple(defaults.values())

    def plain(self: object, *args: object, **kwargs: object) -> None:
        nonlocal count
        count += 1
        missing = size - len(args)
        if kwargs or not 0 <= missing <= len(last) or count > _MANY:
            cls.__init__ = compiled = _compiled(names, defaults, setters)
            compiled(self, *args, **kwargs)
            return
        for put, value in zip(setters, args + last[len(last) - missing :], strict=True):
            put(self, value)

    return plain


def _compiled(
    names: tuple[str, ...], defaults: dict[str, object], setters: tuple[Callable[[object, object], None], ...]
) -> Callable[..., None]:
    scope: dict[str, Any] = {f"default_{name}": value for name, value in defaults.items()}
    scope |= {f"put_{name}": put for name, put in zip(names, setters, strict=True)}
    params = (f"{name}=default_{name}" if name in defaults else name for name in names)
    lines = (f"  put_{name}(self, {name})" for name in names)
    exec(f"def __init__(self, {', '.join(params)}):\n" + ("\n".join(lines) or "  pass"), scope)
    init: Callable[..., None] = scope["__init__"]
    return init
