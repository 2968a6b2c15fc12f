-- The Host may be silent: about a stay whose guest should have come or gone, or altogether.
create table core.circuits (
  provider text primary key,
  failed_at timestamptz[] not null default '{}',
  open_until timestamptz
) with (fillfactor = 70);
comment on table core.circuits is 'Providers that failed lately. While one is left alone its commands wait, which is not a try of theirs.';
comment on column core.circuits.failed_at is 'The last failures, at most as many as open the circuit.';
comment on column core.circuits.open_until is 'Until when nothing is sent; afterwards one command is, to see whether the provider is back. Null while all is well.';

insert into core.settings (key, value, description) values
  ('circuit', '{"failures": 5, "within_seconds": 60, "open_seconds": 30}', 'How many failures within which time make us leave a provider alone, and for how long. Topics whose outbox.<topic> has the same provider share a circuit.'),
  ('lodging.unreported_hours', '{"check_in": 24, "check_out": 24, "again": 24}', 'How long after the local time of check-in, and of check-out, the Host may be silent before it is asked how the stay stands; and when it is asked again.'),
  ('outbox.lodging.look_up_booking', '{"backoff_seconds": [5, 30, 120, 600], "max_attempts": 5, "provider": "host"}', 'Asking the Host how a stay stands.');
update core.settings as s
set value = s.value || '{"provider": "host"}'
where s.key in ('outbox.lodging.commit_booking', 'outbox.lodging.cancel_booking') and s.city_code = 'ALL';
