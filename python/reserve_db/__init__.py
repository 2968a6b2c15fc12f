"""reserve-db: a booking engine that lives in PostgreSQL."""
