"""Clean suites: what lies in pools between tests, and what is committed and undone."""

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

POOLED_SESSIONS = '''
@pytest.fixture(scope="module")
def engine():
    engine = create_engine(URL, pool_size=1, max_overflow=2)
    yield engine
    engine.dispose()

@pytest.fixture(scope="module")
def tenant(engine):
    """Held all the while, and dropped with its engine."""
    with engine.connect() as connection:
        connection.execute(text("set search_path = public, tenant"))
        yield connection

def test_local(engine):
    with engine.begin() as connection:
        connection.execute(text("set local statement_timeout = 60000"))
        connection.execute(text("select set_config('app.tenant', '7', true)"))
        connection.execute(text("create temp table gone (id int) on commit drop"))

def test_rolled_back(engine):
    with engine.connect() as connection:
        connection.execute(text("set statement_timeout = 60000"))
        connection.execute(text("create temp table gone (id int)"))

def test_reset(engine):
    with engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(text("set session_replication_role = origin"))
        connection.execute(text("set app.tenant = 7"))
        connection.execute(text("reset app.tenant"))

def test_level(engine):
    with engine.begin() as connection:
        connection.execute(text("set transaction isolation level repeatable read"))

@pytest.mark.parametrize("times", [1, 2])
def test_commits(tenant, times): tenant.commit()

def test_engine_of_its_own():
    engine = create_engine(URL)
    with engine.begin() as connection:
        connection.execute(text("set statement_timeout = 60000"))
        connection.execute(text("create temp table own (id int)"))
    engine.dispose()
'''
