"""Faults of fixtures of each scope, and what must be said of them: (test or fixture, kind, object)."""

FIXTURES = '''
@pytest.fixture
def own():
    by_psycopg("insert into of_function (title) values ('x')")

def test_own(own): ...

@pytest.fixture
def teardown():
    yield
    by_psycopg("insert into of_teardown (title) values ('x')")

def test_teardown(teardown): ...

@pytest_asyncio.fixture
async def own_async():
    await by_asyncpg("insert into of_async_function (title) values ('x')")
    yield

async def test_own_async(own_async): ...

@pytest.fixture(scope="class")
def of_class():
    by_session("insert into of_class (title) values ('x')")

class TestClass:
    def test_first(self, of_class): ...
    def test_second(self, of_class): ...

@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def of_async_class():
    await by_async_session("insert into of_async_class (title) values ('x')")
    yield

class TestAsyncClass:
    async def test_first(self, of_async_class): ...
    async def test_second(self, of_async_class): ...

@pytest.fixture(scope="class")
def seeded_and_kept():
    by_psycopg("insert into disputed (title) values ('fixture')")

class TestDisputed:
    """Both leave rows in one table: each has its own to answer for."""
    def test_also_inserts(self, seeded_and_kept):
        by_psycopg("insert into disputed (title) values ('test')")

@pytest.fixture(scope="class")
def connection():
    with ENGINE.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()

class TestSharedConnection:
    """The session joins the outer transaction and never rolls back: the next test sees its rows."""
    def test_writes(self, connection):
        with Session(connection, join_transaction_mode="rollback_only") as session:
            session.execute(text("insert into shared (title) values ('x')"))
            session.commit()
    def test_reads(self, connection):
        assert connection.execute(text("select count(*) from shared")).scalar() == 2

@pytest.fixture(scope="class")
def open_for_ever():
    KEPT.append(psycopg.connect(URL, autocommit=True))

class TestConnection:
    def test_it(self, open_for_ever): ...

@pytest.fixture(scope="class")
def of_class_later(): ...

@pytest.fixture(scope="module")
def of_module_later(): ...

class TestHeldBefore:
    """What was open before belongs to no fixture that comes later, nor to the first of them that goes."""
    def test_leaves(self):
        KEPT.append(psycopg.connect(URL))
        KEPT[-1].execute("insert into held_before (title) values ('x')")
    def test_later(self, of_class_later, request): request.getfixturevalue("of_module_later")

@pytest.fixture(scope="module")
def of_module():
    by_psycopg("insert into of_module (title) values ('x')")
    os.environ["SHOP_MODULE"] = "1"

def test_module(of_module): ...

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def of_async_module():
    await by_asyncpg("create table of_async_module_made (id int)")

async def test_async_module(of_async_module): ...

@pytest.fixture(scope="session")
def of_session():
    by_psycopg("insert into of_session (title) values ('x')")

def test_session(of_session): ...

def test_asks_in_the_middle(request):
    by_psycopg("insert into of_middle (title) values ('test')")
    request.getfixturevalue("seeded_in_the_middle")

@pytest.fixture(scope="module")
def seeded_in_the_middle():
    by_psycopg("insert into of_middle (title) values ('fixture')")
    yield
    by_psycopg("delete from of_middle where title = 'fixture'")
'''
TITLED = (
    *("of_function", "of_teardown", "of_async_function", "of_class", "of_async_class", "of_module", "of_session"),
    *("of_middle", "disputed", "shared", "held_before", "plain", "indexed", "triggered", "dropped"),
    *("switched", "secured", "policed", "granted", "granted_too", "remarked"),
)
OF_FIXTURES: set[tuple[str, str, str]] = {
    ("test_own", "rows", "of_function"),
    ("test_teardown", "rows", "of_teardown"),
    ("test_own_async", "rows", "of_async_function"),
    ("of_class", "rows", "of_class"),
    ("of_async_class", "rows", "of_async_class"),
    ("TestDisputed::test_also_inserts", "rows", "disputed"),
    ("seeded_and_kept", "rows", "disputed"),
    ("TestSharedConnection::test_writes", "transaction", "uncommitted rows of shared"),
    ("TestHeldBefore::test_leaves", "transaction", "connection N"),
    ("open_for_ever", "connection", "connection N"),
    ("of_module", "rows", "of_module"),
    ("of_module", "environ", "SHOP_MODULE"),
    ("of_async_module", "schema", "table of_async_module_made"),
    ("test_asks_in_the_middle", "rows", "of_middle"),
}
