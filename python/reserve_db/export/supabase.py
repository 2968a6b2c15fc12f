"""A project folder of the Supabase CLI: migrations in deploy order, tests, and the schema its API shows.

The CLI applies each file once, by the time stamp in its name. So what a folder already has is never written
again: a later export adds new migrations and, where anything changed, functions, views and guards anew. These
can run over what is there, since each file first takes back what it may no longer give.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reserve_db.deploy import steps
from reserve_db.deploy.catalog import CLIENT_ROLES
from reserve_db.deploy.errors import DeployError
from reserve_db.deploy.history import migrations_in_order
from reserve_db.sqltree import SqlTree

OURS = "reserve_db"
STAMP = "%Y%m%d%H%M%S"
SHOWN_BY_DEFAULT = ["public", "graphql_public"]
HEAD = "set search_path = '';\nset check_function_bodies = off;\n"

_NAME = re.compile(rf"(\d{{14}})_{OURS}_(.+)\.sql")
_RESET = """do $$
declare
  v_command text;
begin
  for v_command in
    {commands}
  loop
    execute v_command;
  end loop;
end $$;"""
_RESET_FUNCTIONS = """select format('revoke all on routine %s from {roles}', p.oid::regprocedure)
    from pg_proc as p
    where format('%s.%s', p.pronamespace::regnamespace, p.proname) = any ('{{{names}}}')"""
_RESET_VIEWS = """select format('revoke all on %s from {roles}', c.oid::regclass)
    from pg_class as c
    where c.relkind = 'v' and c.oid::regclass::text = any ('{{{names}}}')"""
_RESET_GUARDS = """select format('drop policy %I on %s', p.polname, p.polrelid::regclass)
    from pg_policy as p where p.polrelid::regclass::text = any ('{{{names}}}')
    union all
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
    from pg_trigger as t where not t.tgisinternal and t.tgrelid::regclass::text = any ('{{{names}}}')
    union all
    select format('alter table %s disable row level security, no force row level security', c.oid::regclass)
    from pg_class as c where c.oid::regclass::text = any ('{{{names}}}')
    union all
    select format('revoke all on %s from {roles}', c.oid::regclass)
    from pg_class as c where c.oid::regclass::text = any ('{{{names}}}')"""


def export(tree: SqlTree, project: Path, now: datetime | None = None) -> list[Path]:
    """Write what is new below `project`/supabase; returns those files. Raises DeployError."""
    folder = project / "supabase"
    written = _export_migrations(tree, folder / "migrations", now or datetime.now(UTC))
    written += _export_tests(tree, folder / "tests" / OURS)
    return written + _show_schema("api", folder / "config.toml")


def _export_migrations(tree: SqlTree, folder: Path, now: datetime) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    present: dict[str, str] = {}
    for path in sorted(folder.glob("*.sql")):
        if named := _NAME.fullmatch(path.name):
            present[named[2]] = path.read_text(encoding="utf-8")
    migrations = {
        migration.id: HEAD + steps.migration_step(migration, together=True).sql
        for migration in migrations_in_order(tree)
    }
    for name, text in migrations.items():
        if present.get(name, text) != text:
            raise DeployError(f"{name} was edited after it was exported: put its old text back")
    behaviour = _behaviour(tree)
    if all(present.get(name) == text for name, text in {**migrations, **behaviour}.items()):
        return []
    missing = {name: text for name, text in migrations.items() if name not in present}
    return _write_stamped({**missing, **behaviour}, folder, now)


def _write_stamped(texts: dict[str, str], folder: Path, now: datetime) -> list[Path]:
    """Files in this order, after all that are there."""
    stamps = [found[0] for path in folder.glob("*.sql") if (found := re.match(r"\d{14}", path.name))]
    last = max([now.strftime(STAMP), *stamps])
    paths: list[Path] = []
    moment = datetime.strptime(last, STAMP).replace(tzinfo=UTC)
    for name, text in texts.items():
        moment += timedelta(seconds=1)
        paths.append(folder / f"{moment.strftime(STAMP)}_{OURS}_{name}.sql")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def _behaviour(tree: SqlTree) -> dict[str, str]:
    """Functions, views and guards, each kind in one file that may run again."""
    functions = [name for file in tree.functions for name in file.functions]
    views = [name for file in tree.views for name in file.views]
    guards = [file.relation for file in tree.guards]
    parts = {
        "functions": [
            _reset(_RESET_FUNCTIONS, functions),
            *(file.text for file in tree.functions),
            steps.revoke_from_public(tree),
        ],
        "views": [_reset(_RESET_VIEWS, views), *(file.text for file in tree.views)],
        "guards": [_reset(_RESET_GUARDS, guards), *(file.text for file in tree.guards), steps.NOTIFY],
    }
    return {name: HEAD + "\n".join(texts) for name, texts in parts.items()}


def _reset(template: str, names: list[str]) -> str:
    roles = ", ".join(["public", *CLIENT_ROLES])
    return _RESET.format(commands=template.format(roles=roles, names=",".join(sorted(names))))


def _export_tests(tree: SqlTree, folder: Path) -> list[Path]:
    """The pgTAP files, after one that installs pgTAP and one with their helpers. The folder is replaced."""
    source = tree.root / "tests"
    if not source.is_dir():
        return []
    shutil.rmtree(folder, ignore_errors=True)
    helpers = sorted((source / "_setup").glob("*.sql"))
    texts = {
        "000_pgtap.sql": "create extension if not exists pgtap with schema extensions;\n",
        "001_helpers.sql": "\n".join(helper.read_text(encoding="utf-8") for helper in helpers),
    }
    for path in sorted(source.glob("*/*.sql")):
        if path not in helpers:
            texts[path.relative_to(source).as_posix()] = path.read_text(encoding="utf-8")
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def _show_schema(schema: str, config: Path) -> list[Path]:
    """Add the schema to `[api] schemas`, leaving everything else of the file as it is."""
    new = f'project_id = "{config.absolute().parents[1].name}"\n'
    text = config.read_text(encoding="utf-8") if config.exists() else new
    shown = tomllib.loads(text).get("api", {}).get("schemas", SHOWN_BY_DEFAULT)
    if schema in shown:
        return []
    line = f"schemas = {json.dumps([*shown, schema])}"
    section = re.search(r"^\[api\][^\n]*\n(?:(?!\[)[^\n]*\n?)*", text, re.MULTILINE)
    if section is None:
        changed = f"{text}\n[api]\n{line}\n"
    else:
        inside, found = re.subn(r"^schemas\s*=\s*\[[^\]]*\]", line, section[0], flags=re.MULTILINE)
        if not found:
            inside = section[0].replace("[api]\n", f"[api]\n{line}\n", 1)
        changed = text[: section.start()] + inside + text[section.end() :]
    if schema not in tomllib.loads(changed)["api"]["schemas"]:
        raise DeployError(f"{config} is written in a way that cannot be added to: put {line} under [api]")
    config.write_text(changed, encoding="utf-8")
    return [config]
