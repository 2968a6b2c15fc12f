"""`make demo`: a booking from search to payout, then bad days, on a PostgreSQL that is gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from reserve_db.deploy import migrate
from reserve_db.servers import EmbeddedServer
from tests.bad_days import BadDays
from tests.refunds.stay import Town
from tests.story import Marketplace, Story

BOLD, FAINT, PLAIN = (
    ("", "", "")
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty()
    else ("\033[1m", "\033[2m", "\033[0m")
)


def main() -> None:
    """Tells the story; whatever happens, what was started is stopped and removed."""
    signal.signal(signal.SIGTERM, _leave)
    began = time.monotonic()
    server = EmbeddedServer(Path(tempfile.gettempdir()) / f"reserve-db-demo-{secrets.token_hex(4)}")
    try:
        with server as dsn, tempfile.TemporaryDirectory() as logs:
            say("Embedded PostgreSQL 18", [f"in {server.home}"])
            migrate(dsn)
            say("reserve-db migrate", [f"{time.monotonic() - began:.1f} s from nothing"])
            with Marketplace(dsn, Path(logs)) as market:
                say("The demo city", ["Urubici (URB), 12 properties", f"reserve-db serve on {market.url}"])
                story = Story(market)
                *good_days, the_books = story.chapters()
                for title, tell in good_days:
                    say(title, tell())
                market.stop_worker()
                bad_days = BadDays(Town(market, dsn)).chapters()
                for title, tell in [*bad_days, the_books]:
                    say(title, tell())
                is_balanced = story.trial_balance["balanced"] and story.deposits_of_ended == 0
    finally:
        shutil.rmtree(server.home, ignore_errors=True)
    verdict = "balance" if is_balanced else "do not balance"
    say(
        "The end",
        [f"The books {verdict}. All is stopped and removed, after {time.monotonic() - began:.0f} s."],
    )
    sys.exit(0 if is_balanced else 1)


def say(title: str, lines: list[str]) -> None:
    print(f"\n{BOLD}{title}{PLAIN}", *(f"  {line}" for line in lines), sep="\n", flush=True)  # noqa: T201


def _leave(signal_number: int, _: object) -> NoReturn:
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    main()
