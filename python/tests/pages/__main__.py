"""`make docs`: writes the generated pages. Run as `python -m tests.pages` from the folder `python`."""

from __future__ import annotations

import sys

from reserve_db.servers import EMBEDDED_MAJOR
from reserve_db.sqltest.bench import Bench
from reserve_db.sqltest.testserver import TestServer
from tests.pages.catalog import Catalog
from tests.pages.examples import examples
from tests.pages.generate import DOCS, ROOT, pages


def main() -> None:
    """Deploys on a throw-away server and writes what changed."""
    server = TestServer(EMBEDDED_MAJOR)
    try:
        bench = Bench(server, ROOT / "sql")
        bench.prepare()
        with bench.cloned() as clone, clone.connect(autocommit=True) as connection:
            written = pages(Catalog(connection), examples(clone))
    finally:
        server.stop()
    for name, text in written.items():
        path = DOCS / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            sys.stdout.write(f"docs/{name} written\n")


if __name__ == "__main__":
    main()
