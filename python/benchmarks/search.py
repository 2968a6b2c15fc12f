"""How long a search takes, beside one index scan that sums the same nights: `python -m benchmarks.search`.

In a city of 3,200 units, for three nights, with the first page and the options to filter by. All are measured
in turns over one connection, by the time on the processor where the system tells it. The ratio is the result;
milliseconds are those of the machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import typer

from reserve_db.servers import EMBEDDED_MAJOR
from reserve_db.sqltest.bench import Bench
from reserve_db.sqltest.testserver import TestServer

ROOT = Path(__file__).parents[2]
CITY = Path(__file__).with_name("search.sql")
WARM_UP, CALLS = 10, 10
QUERIES = {
    "one scan": """
        select sum(coalesce(c.discounted_price, c.base_price)) from lodging.availability_calendar as c
        where c.city_code = 'BIG' and c.date >= current_date + 10 and c.date < current_date + 13""",
    "a search": """
        select api.search_availability('BIG', current_date + 10, current_date + 13, '{"adults": 2}')""",
    "by price": """
        select api.search_availability('BIG', current_date + 10, current_date + 13, '{"adults": 2}',
          '{"amenities": ["wifi"], "max_price": 90000}', '{"page": 3, "per_page": 50}', 'price_asc')""",
    "a small city": """
        select api.search_availability('TNY', current_date + 10, current_date + 13, '{"adults": 2}')""",
}


def main(pg: int = EMBEDDED_MAJOR, rounds: int = 20) -> None:
    """Measures on a server of its own of that major version; medians over so many rounds."""
    with TestServer(pg) as server:
        bench = Bench(server, ROOT / "sql")
        bench.prepare()
        with bench.clone().connect(autocommit=True, prepare_threshold=0) as connection:
            connection.execute(CITY.read_bytes(), prepare=False)
            connection.execute("vacuum analyze")
            connection.execute("set jit = off")
            times = measure(connection, rounds)
    for name, seconds in times.items():
        ratio = seconds / times["one scan"]
        typer.echo(f"{name:12}  {seconds * 1000:7.2f} ms  {ratio:5.1f} times one scan")


def measure(connection: psycopg.Connection, rounds: int) -> dict[str, float]:
    """Seconds of one call of each query."""
    now = clock(connection.info.backend_pid)
    for query in QUERIES.values():
        for _ in range(WARM_UP):
            connection.execute(query.encode()).fetchall()
    times: dict[str, list[float]] = {name: [] for name in QUERIES}
    for _ in range(rounds):
        for name, query in QUERIES.items():
            began = now()
            for _ in range(CALLS):
                connection.execute(query.encode()).fetchall()
            times[name].append((now() - began) / CALLS)
    return {name: statistics.median(values) for name, values in times.items()}


def clock(pid: int) -> Callable[[], float]:
    """The processor's time of a process in seconds, where Linux keeps it; else that of the wall."""
    schedule = Path(f"/proc/{pid}/schedstat")
    if not schedule.exists():
        return time.perf_counter
    return lambda: int(schedule.read_text().split()[0]) / 1e9


if __name__ == "__main__":
    typer.run(main)
