"""Appointments at the same instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import value

ADMINISTRATORS = ("ana", "bia", "caio", "davi")


def test_of_administrators_who_dismiss_each_other_one_is_left(db: Clone) -> None:
    with db.connect(autocommit=True) as operator:
        for name in ADMINISTRATORS:
            operator.execute("select access.grant_role(%s, 'admin', null)", [name])
    barrier = Barrier(len(ADMINISTRATORS))

    def dismiss_all_others(name: str) -> None:
        with db.connect("authenticated", {"sub": name}, autocommit=True) as connection:
            barrier.wait(timeout=30)
            for other in ADMINISTRATORS:
                try:
                    connection.execute("select api.revoke_role(%s, 'admin', null)", [other])
                except psycopg.Error as error:
                    if error.sqlstate != "PT403":
                        raise

    with ThreadPoolExecutor(len(ADMINISTRATORS)) as pool:
        list(pool.map(dismiss_all_others, ADMINISTRATORS))

    with db.connect() as operator:
        assert value(operator, "select count(*) from access.user_roles where role = 'admin'") == 1
