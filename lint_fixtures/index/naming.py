"""What the name of a function says, where it is asked before anything is looked up."""

from __future__ import annotations

from functools import lru_cache

_CREATING_WORDS = frozenset(
    {"add", "copy", "given", "init", "load", "make", "new", "post", "put", "save", "setup", "sync"}
)
_CREATING_STEMS = (
    *("arrang", "batch", "bootstrap", "build", "clon", "creat", "ensur", "factor", "fixtur", "generat", "import"),
    *("insert", "migrat", "populat", "prepar", "regist", "restor", "seed", "upgrad", "upsert"),
)
_SCHEMA_ONLY = frozenset(  # look like creating, and make no row
    {
        *("create_all", "create_engine", "create_async_engine", "create_savepoint", "create_task", "create_autospec"),
        *("import_module", "importorskip", "load_dotenv", "make_url", "addfinalizer", "init_app", "create_database"),
        *("create_schema", "model_copy", "deepcopy", "new_event_loop", "add_middleware", "add_event_handler"),
    }
)


@lru_cache(maxsize=1024)
def may_create(name: str) -> bool:
    """Whether something of this name, which cannot be looked into, may well create rows."""
    apart = "".join([each if "a" <= each <= "z" else f" {each}" if "A" <= each <= "Z" else " " for each in name])
    creating = any(word in _CREATING_WORDS or word.startswith(_CREATING_STEMS) for word in apart.lower().split())
    return creating and name not in _SCHEMA_ONLY
