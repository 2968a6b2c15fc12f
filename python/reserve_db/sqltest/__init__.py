"""`reserve-db test`: the pgTAP files under sql/tests, each in its own clone of a deployed database."""
