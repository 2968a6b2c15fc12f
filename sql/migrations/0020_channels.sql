-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- Stays that another channel sold: nobody here orders them, and nobody pays for them here.
alter table payments.orders drop constraint somebody_orders;
alter table payments.orders add constraint somebody_orders
  check (customer_subject is not null or session_hash is not null or attribution ? 'channel') not valid;
alter table payments.orders validate constraint somebody_orders;
comment on column payments.orders.attribution is 'Where the order came from; channel names who sold it, where that was not us.';

alter table lodging.reservations add column host_updated_at timestamptz;
comment on column lodging.reservations.host_updated_at is 'The Host''s own time of what was applied last: older news of the booking changes nothing.';
