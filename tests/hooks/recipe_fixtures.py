"""Clean suites: what fixtures of wider scopes share, and what a process may do."""

SEEDS = '''
class Factory:
    """As factory_boy's: each seed is committed by a session of its own."""
    @staticmethod
    def create(engine, name):
        with Session(engine, expire_on_commit=False) as session:
            campaign = Campaign(name=name)
            session.add(campaign)
            session.commit()
            return campaign

@pytest.fixture(scope="module")
def engine():
    engine = create_engine(URL)
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()

@pytest.fixture(scope="module")
def campaigns(engine):
    return [Factory.create(engine, name) for name in "abc"]

@pytest.fixture(scope="class")
def more(engine, campaigns):
    extra = Factory.create(engine, "more")
    yield extra
    with Session(engine) as session:
        session.delete(session.get(Campaign, extra.id))
        session.commit()

@pytest.fixture
def session(engine):
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()

class TestMore:
    def test_reads(self, session, more): assert session.query(Campaign).count() == 4
    def test_adds(self, session, more, campaigns):
        session.add(Job(campaign_id=campaigns[0].id))
        session.commit()

def test_three(session, campaigns): assert session.query(Campaign).count() == 3
'''

READ_ONLY = '''
@pytest.fixture(scope="module")
def reader():
    """Idle in its transaction all the while."""
    connection = psycopg.connect(PLAIN)
    connection.execute("set transaction read only")
    yield connection
    connection.close()

def test_first(reader): assert reader.execute("select 1").fetchone() == (1,)
def test_second(reader): assert reader.execute("select count(*) from pg_class").fetchone()[0] > 0
'''

NESTED_FIXTURES = """
@pytest.fixture(scope="module")
def table():
    execute("create table nested (body text)")
    yield
    execute("drop table nested")

@pytest.fixture(scope="module")
def outer(request, table):
    execute("insert into nested values ('outer')")
    request.getfixturevalue("inner")
    yield
    execute("delete from nested where body = 'outer'")

@pytest.fixture(scope="module")
def inner(table):
    execute("insert into nested values ('inner')")
    yield
    execute("delete from nested where body = 'inner'")

@pytest.fixture(scope="class", params=["x", "y"])
def each(request, table):
    execute(f"insert into nested values ('{request.param}')")
    yield
    execute(f"delete from nested where body = '{request.param}'")

def test_outer(outer): ...
def test_each(each): ...

class TestClass:
    def test_both(self, outer, each): ...
    def test_late(self, request): request.getfixturevalue("outer")
"""

OVERRIDE_RESTORED = """
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

app = FastAPI()
def size(): return 10
def base(): return 1

@app.get("/size")
def get_size(size: int = Depends(size), base: int = Depends(base)): return size * base

@pytest.fixture(scope="module", autouse=True)
def always():
    app.dependency_overrides[base] = lambda: 2
    yield
    del app.dependency_overrides[base]

@pytest.fixture
def small():
    before = dict(app.dependency_overrides)
    app.dependency_overrides[size] = lambda: 3
    yield
    app.dependency_overrides = before

def test_small(small): assert TestClient(app).get("/size").json() == 6
def test_usual(): assert TestClient(app).get("/size").json() == 20
def test_app_of_its_own():
    own = FastAPI()
    own.dependency_overrides[size] = lambda: 1
"""

PROCESS = """
import sys, threading
import reloaded

def test_variables(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP_MODE", "test")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.chdir(tmp_path)

def test_modules(monkeypatch):
    monkeypatch.delitem(sys.modules, "reloaded")
    import reloaded as again
    assert again is not reloaded

def test_library_that_sets_variables_when_imported():
    import library
    assert os.environ["LIBRARY_HOME"] == "there"

def test_import_of_an_own_module(): import late

def test_thread():
    thread = threading.Thread(target=execute, args=("select 1",))
    thread.start()
    thread.join()
"""

POOLS = '''
import asyncio, functools
import asyncpg, psycopg2.pool

POOL = psycopg2.pool.ThreadedConnectionPool(0, 3, PLAIN)

@functools.lru_cache
def engine(): return create_engine(URL, pool_size=3)

@functools.lru_cache
def shared(): return psycopg.connect(PLAIN, autocommit=True)

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    async with asyncpg.create_pool(PLAIN, min_size=1, max_size=3) as pool:
        yield pool

@pytest.mark.asyncio(loop_scope="module")
async def test_pool_grows(pool):
    await asyncio.gather(*(pool.execute("select pg_sleep(0.01)") for _ in range(3)))

@pytest.mark.asyncio(loop_scope="module")
async def test_pool_again(pool): assert await pool.fetchval("select 1") == 1

def test_engine_grows():
    with engine().connect() as one, engine().connect() as two:
        assert one.execute(text("select 1")).scalar() == two.execute(text("select 1")).scalar()

def test_engine_again():
    with engine().connect() as connection:
        connection.execute(text("select 1"))

def test_driver_pool():
    one, two = POOL.getconn(), POOL.getconn()
    POOL.putconn(one)
    POOL.putconn(two)

@pytest.mark.parametrize("number", [1, 2])
def test_shared(number): assert shared().execute("select 1").fetchone() == (1,)

def test_unreachable_connection():
    """A cycle keeps it until the garbage is collected."""
    class Keeper: ...
    keeper = Keeper()
    keeper.itself, keeper.engine = keeper, create_engine(URL.replace("+psycopg", "+psycopg2"))
    with keeper.engine.connect() as connection:
        connection.execute(text("select 1"))
'''

HARMLESS_COMMITS = """
@pytest.fixture(scope="module", autouse=True)
def tables():
    execute("create sequence harmless_seq", "create table harmless (id int)", "insert into harmless values (1)")
    yield
    execute("drop sequence harmless_seq", "drop table harmless")

def test_privileges(): execute("grant select on harmless to public", "revoke select on harmless from public")
def test_triggers(): execute("alter table harmless disable trigger all", "alter table harmless enable trigger all")
def test_remark(): execute("comment on table harmless is 'x'", "comment on table harmless is null")
def test_sequence(): execute(*["select nextval('harmless_seq')"] * 40)
def test_row_lock(): execute("begin; select * from harmless for update; commit")
def test_temporary(): execute("create temp table t (id int); insert into t values (1)")
def test_notify(): execute("notify jobs, 'done'")
def test_analyze(): execute("analyze harmless")
def test_locks(): execute("select pg_advisory_lock(7)", "select pg_advisory_unlock(7)")
def test_locks_of_the_transaction(): execute("begin; select pg_advisory_xact_lock(8); commit")
def test_session_setting(): execute("set work_mem = '8MB'")
def test_inserts_and_deletes(): execute("insert into harmless values (2)", "delete from harmless where id = 2")
def test_listen(): execute("listen jobs", "unlisten jobs")
"""
