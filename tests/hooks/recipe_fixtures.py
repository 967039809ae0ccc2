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
import signal, sys, threading
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

def test_path(monkeypatch, tmp_path): monkeypatch.syspath_prepend(tmp_path)

def test_path_of_a_library(): sys.path.append(os.path.join(os.path.dirname(pytest.__file__), "_vendor"))

def test_project_put_on_the_path_by_migrations(): sys.path[:0] = ["."]

def test_time_limit():
    before = signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.signal(signal.SIGALRM, before)

@pytest.fixture
def private():
    before = os.umask(0o77)
    yield
    os.umask(before)

def test_umask(private): ...

def test_thread():
    thread = threading.Thread(target=execute, args=("select 1",))
    thread.start()
    thread.join()
"""
