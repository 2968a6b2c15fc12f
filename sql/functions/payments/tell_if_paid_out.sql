-- Tell the line that its booking is paid out, once no payout of it waits, is under way or has failed.
-- Who: functions of ours that hold the order. Locks: those of the line.
create or replace function payments.tell_if_paid_out(p_booking_id uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if not exists (
    select from payments.payouts as p where p.booking_id = p_booking_id and p.status not in ('completed', 'cancelled'))
  then
    perform payments.tell_line_of_payout(p_booking_id, 'paid_out');
  end if;
end;
$$;
comment on function payments.tell_if_paid_out(uuid) is 'Announces a booking''s last payout.';
revoke all on function payments.tell_if_paid_out(uuid) from public;
