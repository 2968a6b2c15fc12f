-- Whoever writes a refund or a dispute locks its payment before the row refers to it, so that two at once are added up one after
-- the other.
create or replace function payments.tg__lock_payment()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform payments.lock_payment(coalesce(new.payment_id, old.payment_id));
  return coalesce(new, old);
end;
$$;
comment on function payments.tg__lock_payment() is 'Locks the order and the payment of a refund or a dispute.';
revoke all on function payments.tg__lock_payment() from public;
