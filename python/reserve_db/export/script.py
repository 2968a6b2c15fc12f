"""Everything for an empty database, as one psql script; and the schedule of the jobs."""

from __future__ import annotations

from importlib.metadata import version

from reserve_db.deploy.history import migrations_in_order
from reserve_db.deploy.plan import as_sql, transactions
from reserve_db.deploy.session import SETTINGS
from reserve_db.deploy.work import Work, split
from reserve_db.sqltree import SqlTree

TICK = "tick_"

_SCHEDULE = """\
-- For the database where pg_cron is installed, as the role that deploys; again after every upgrade.
select cron.unschedule(jobname) from cron.job
where jobname like 'reserve-db %' and jobname <> all (array[{names}]::text[]);
{jobs}"""
_JOB = "select cron.schedule('reserve-db {job}', '* * * * *', $$select api.tick('{job}', 1000)$$);"


def sql_script(tree: SqlTree) -> str:
    """What `migrate` would send to an empty database."""
    work = Work.find(tree, {}, [], {}, migrated=True)
    batches = split(migrations_in_order(tree), {})
    return "\n".join(
        [
            f"-- reserve-db {version('reserve-db')}, for an empty database: psql --no-psqlrc --file this",
            "\\set ON_ERROR_STOP on",
            SETTINGS,
            *as_sql(transactions(batches, [[] for _ in batches], work, tree, {})),
        ]
    )


def schedule(tree: SqlTree) -> str:
    """Every job once a minute, in batches; entries of ours whose job is gone are taken out."""
    functions = sorted(
        (name.split(".") for file in tree.functions for name in file.functions),
        key=lambda part: (tree.modules.index(part[0]), part[1]),
    )
    jobs = [f"{module}.{name.removeprefix(TICK)}" for module, name in functions if name.startswith(TICK)]
    return _SCHEDULE.format(
        names=", ".join(f"'reserve-db {job}'" for job in jobs),
        jobs="\n".join(_JOB.format(job=job) for job in jobs),
    )
