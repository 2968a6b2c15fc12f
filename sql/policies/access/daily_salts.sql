-- Closed to everybody: only access.address_hash() reads the salts.
alter table access.daily_salts enable row level security;
