"""The SQL tree in forms that other tools carry out: psql, the Supabase CLI, pg_cron."""
