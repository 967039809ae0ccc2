"""The SQL of watch.py: it runs only after a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from typing_extensions import LiteralString

ANY_COMMITTED: LiteralString = """
select exists(select from generate_series(%(low)s::bigint, %(high)s::bigint) x
  where pg_xact_status(x::text::xid8) = 'committed'
    and not pg_visible_in_snapshot(x::text::xid8, %(before)s::pg_snapshot))
"""

OTHER_DATABASES: LiteralString = """
select datname from pg_database
where datallowconn and not datistemplate and datname not in (current_database(), 'postgres') order by 1
"""

OLDEST_RUNNING: LiteralString = """
select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295)
"""

# a table that another session holds exclusively would block the look; its open transaction is reported anyway
TABLES: LiteralString = """
select n.nspname, c.relname,
  exists (select from pg_locks l where l.relation = c.oid and l.mode = 'AccessExclusiveLock' and l.granted)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1, 2
"""

# an object's value has a line for each of the ledger's ASPECTS. Privileges that were granted and revoked are the
# default written out; the names of triggers that keep foreign keys hold numbers, those of their constraints do not
CATALOG: LiteralString = """
with users as (select oid, nspname, nspowner, nspacl from pg_namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema'),
extension as (select objid from pg_depend where deptype = 'e')
select 'schema', format('schema %s', u.nspname), concat_ws(E'\n', '', '', '',
  (select md5(concat(string_agg(x::text, ',' order by x::text)))
    from unnest(coalesce(nspacl, acldefault('n', nspowner))) x),
  md5(coalesce(obj_description(u.oid, 'pg_namespace'), ''))) from users u
union all
select 'schema', format('%s %s', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
    when 'S' then 'sequence' else 'table' end,
    case when u.nspname = 'public' then c.relname else u.nspname || '.' || c.relname end), concat_ws(E'\n', md5(concat(
  (select string_agg(format('%s %s %s %s', a.attname, a.atttypid::regtype, a.attnotnull,
      (select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = c.oid and d.adnum = a.attnum)),
      ',' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  (select string_agg(pg_get_constraintdef(k.oid), ',' order by k.conname) from pg_constraint k
    where k.conrelid = c.oid),
  (select string_agg(pg_get_indexdef(i.indexrelid), ',' order by i.indexrelid::regclass::text) from pg_index i
    where i.indrelid = c.oid),
  (select string_agg(pg_get_triggerdef(t.oid), ',' order by t.tgname) from pg_trigger t
    where t.tgrelid = c.oid and not t.tgisinternal),
  case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end)),
  (select md5(concat(string_agg(concat_ws(' ', case when t.tgisinternal then k.conname else t.tgname end, t.tgenabled),
      ',' order by k.conname, t.tgtype, case when not t.tgisinternal then t.tgname end)))
    from pg_trigger t left join pg_constraint k on k.oid = t.tgconstraint
    where t.tgrelid = c.oid and t.tgenabled <> 'O'),
  md5(concat(c.relrowsecurity, c.relforcerowsecurity, (select string_agg(concat_ws(' ', p.polname, p.polcmd,
      p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
      pg_get_expr(p.polwithcheck, p.polrelid)), ',' order by p.polname) from pg_policy p where p.polrelid = c.oid))),
  md5(concat((select string_agg(x::text, ',' order by x::text)
      from unnest(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) x),
    (select string_agg(concat_ws(' ', a.attname, a.attacl::text), ',' order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null))),
  (select md5(concat(string_agg(concat_ws(' ', d.objsubid, d.description), ',' order by d.objsubid)))
    from pg_description d where d.objoid = c.oid and d.classoid = 'pg_class'::regclass))
from pg_class c join users u on u.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.relpersistence <> 't'
  and c.oid not in (select objid from extension)
  and not (c.relkind = 'S' and exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')))
union all
select 'schema', format('function %s', p.oid::regprocedure), concat_ws(E'\n', md5(coalesce(p.prosrc, '')), '', '',
  (select md5(concat(string_agg(x::text, ',' order by x::text)))
    from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) x),
  md5(coalesce(obj_description(p.oid, 'pg_proc'), '')))
from pg_proc p join users u on u.oid = p.pronamespace where p.oid not in (select objid from extension)
union all
select 'schema', format('type %s', t.oid::regtype), md5(concat(
  (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)))
from pg_type t join users u on u.oid = t.typnamespace
where t.typtype in ('e', 'd', 'r') and t.oid not in (select objid from extension)
union all select 'schema', format('extension %s', extname), extversion from pg_extension
union all select 'large-object', oid::text, '' from pg_largeobject_metadata
"""

# of the whole server, whatever database one is connected to
SHARED: LiteralString = """
select 'schema', format('role %s', rolname), md5(concat(rolsuper, rolcreatedb, rolcanlogin, rolbypassrls,
    (select string_agg(distinct m.roleid::regrole::text, ',') from pg_auth_members m where m.member = r.oid)))
  from pg_roles r where rolname !~ '^pg_'
union all select 'schema', format('database %s', datname), '' from pg_database
union all select 'setting', format('settings of %s', concat_ws(' in ',
    nullif((select rolname from pg_roles r where r.oid = s.setrole), ''),
    (select datname from pg_database d where d.oid = s.setdatabase))), array_to_string(s.setconfig, ', ')
  from pg_db_role_setting s
"""

# the superuser of a server of our own may see more: what is in large objects, what ALTER SYSTEM wrote
LARGE_OBJECTS: LiteralString = "select 'large-object', oid::text, md5(lo_get(oid)) from pg_largeobject_metadata"
SERVER_SETTINGS: LiteralString = """
select 'setting', format('%s of the whole server', name), coalesce(setting, '') from pg_file_settings
  where sourcefile like '%postgresql.auto.conf'
"""

NEXT_TRANSACTION: LiteralString = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint & 4294967295"

_DIGEST = sql.SQL("select coalesce(sum(hashtextextended(t::text, 0)), 0) from {} t")


def digest(schema: str, table: str) -> sql.Composed:
    return _DIGEST.format(sql.Identifier(schema, table))


# those of serial and identity columns, whose next value must not meet a row
SEQUENCES: LiteralString = """
select s.seqrelid::regclass::text, coalesce(pg_sequence_last_value(s.seqrelid), 0), n.nspname, c.relname, a.attname
from pg_sequence s join pg_depend d on d.objid = s.seqrelid and d.deptype in ('a', 'i')
  and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where s.seqincrement > 0
"""
_LARGEST = sql.SQL("select max({column}) from {table}")


def largest(schema: str, table: str, column: str) -> sql.Composed:
    return _LARGEST.format(column=sql.Identifier(column), table=sql.Identifier(schema, table))


# its primary key, else its first column; and how far the sequences that it owns have come
TABLE_FACTS: LiteralString = """
select coalesce(
    (select array_agg(a.attname::text order by a.attnum) from pg_index i join pg_attribute a
      on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = c.oid and i.indisprimary),
    (select array[a.attname::text] from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum limit 1)),
  (select string_agg(format('%%s at %%s', s.relname, pg_sequence_last_value(s.oid)), ', ' order by s.relname)
    from (select c2.oid, c2.relname from pg_depend d join pg_class c2 on c2.oid = d.objid
      where d.refobjid = c.oid and d.deptype in ('a', 'i') and c2.relkind = 'S' offset 0) s)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = %(schema)s and c.relname = %(table)s
"""

_SAMPLE = sql.SQL("select {columns} from {table} where xmin::text::bigint >= {bound} order by ctid desc limit 3")
_OF_TRANSACTIONS = sql.SQL("select count(*) from {table} where {conditions}")
_BETWEEN = sql.SQL("xmin::text::bigint >= {low} and xmin::text::bigint < {high}")


def sample(schema: str, table: str, columns: list[str], bound: int) -> sql.Composed:
    """The newest row versions, the last first."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return _SAMPLE.format(columns=names, table=sql.Identifier(schema, table), bound=bound)


def of_transactions(schema: str, table: str, span: tuple[int, int], holes: tuple[tuple[int, int], ...]) -> sql.Composed:
    """How many rows have a version made in `span` of transactions, but for those in `holes`."""
    conditions = [_BETWEEN.format(low=span[0], high=span[1])]
    conditions += [sql.SQL("not ({})").format(_BETWEEN.format(low=low, high=high)) for low, high in holes]
    return _OF_TRANSACTIONS.format(table=sql.Identifier(schema, table), conditions=sql.SQL(" and ").join(conditions))


_COUNTS = sql.SQL("select {number}, count(*), count(*) filter (where xmin::text::bigint >= {bound}) from {table}")


def counts(names: list[tuple[str, str]], bound: int) -> sql.Composed:
    parts = [_COUNTS.format(number=n, bound=bound, table=sql.Identifier(*name)) for n, name in enumerate(names)]
    return sql.SQL(" union all ").join(parts)
