"""Faults in the process, and on connections that lie in its pools: name of the test to (body, kind, object)."""

IN_POOL = {
    "set_in_a_pool": ("by_engine('set statement_timeout = 600000')", "session", "statement_timeout = 10min"),
    "config_in_a_pool": (
        "by_session(\"select set_config('app.tenant', '7', false)\")",
        *("session", "app.tenant = 7"),
    ),
    "bound_config_in_a_pool": (
        "with Session(ENGINE) as session:\n"
        "    session.execute(select(func.set_config('app.user', 'u', False)))\n"
        "    session.commit()",
        *("session", "app.user = u"),
    ),
    "path_in_a_pool": ("by_api('set search_path = public, other')", "session", "search_path = public, other"),
    "temporary_table_in_a_pool": (
        'by_engine("create temp table kept_on (id int)")',
        "session",
        "temporary table kept_on",
    ),
    "set_in_a_pool_of_psycopg2": (
        'KEPT.append(create_engine(sqlalchemy_url("psycopg2")))\n'
        "with KEPT[-1].begin() as connection:\n"
        '    connection.execute(text("SET SESSION statement_timeout = 2"))\n',
        *("session", "statement_timeout = 2ms"),
    ),
}

PROCESS = {
    "umask": ("os.umask(0o27)", "umask", "umask"),
    "environ_set": ('os.environ["SHOP_NEW"] = "1"', "environ", "SHOP_NEW"),
    "environ_changed": ('os.environ["SHOP_OLD"] = "2"', "environ", "SHOP_OLD"),
    "environ_removed": ('del os.environ["SHOP_GONE"]', "environ", "SHOP_GONE"),
    "environ_in_thread": (
        "work = lambda: os.environ.update(SHOP_THREAD='1')\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()",
        *("environ", "SHOP_THREAD"),
    ),
    "environ_by_import": ("import configured", "environ", "SHOP_CONFIGURED"),
    "override": ("app.dependency_overrides[direct] = lambda: None", "override", "direct of ways.app"),
    "module_removed": ('del sys.modules["removable"]', "module", "removable"),
    "module_replaced": ('sys.modules["replaceable"] = os', "module", "replaceable"),
    "thread": (
        "def waits():\n    STOP.wait()\nthreading.Thread(target=waits, name='waiting').start()",
        *("thread", "waiting"),
    ),
    "thread_daemon": (
        "def waits():\n    STOP.wait()\nthreading.Thread(target=waits, name='waiting too', daemon=True).start()",
        *("thread", "waiting too"),
    ),
    "timer": (
        "def late(): ...\ntimer = threading.Timer(600, late)\ntimer.name = 'later'\ntimer.start()\nKEPT.append(timer)",
        *("thread", "later"),
    ),
    "sys_path": ('sys.path.insert(0, "/nowhere")', "sys-path", "/nowhere"),
    "sys_path_removed": ('sys.path.remove("/somewhere")', "sys-path", "/somewhere"),
    "signal_ignored": ("signal.signal(signal.SIGUSR1, signal.SIG_IGN)", "signal", "SIGUSR1"),
    "signal_handled": ("signal.signal(signal.SIGUSR2, lambda number, frame: None)", "signal", "SIGUSR2"),
    "cwd": ("os.chdir(os.environ['TMPDIR'])", "cwd", "working directory"),
}
