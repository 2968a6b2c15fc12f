-- What a batch says of itself follows from its payouts, for every writer: totals, and until it has ended, its status.
-- It runs at commit, so that batches are locked after everything else.
create or replace function payments.tg_payouts__refresh_batch()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_batch payments.payout_batches;
  v_now record;
begin
  for v_batch in
    select * from payments.payout_batches as b
    where b.id in (old.payout_batch_id, new.payout_batch_id)
    order by b.id
    for no key update
  loop
    select
      count(*) filter (where p.status <> 'cancelled') as number,
      coalesce(sum(p.net_amount - p.set_off_amount) filter (where p.status <> 'cancelled'), 0) as amount,
      case
        when v_batch.status in ('completed', 'failed') then v_batch.status
        when bool_and(p.status = 'scheduled') and v_batch.status = 'draft' then 'draft'
        when bool_or(p.status in ('scheduled', 'processing')) then 'processing'
        when bool_or(p.status = 'failed') and not bool_or(p.status = 'completed') then 'failed'
        else 'completed'
      end::payments.payout_batch_status as status
    into v_now
    from payments.payouts as p
    where p.payout_batch_id = v_batch.id;

    if v_batch.status = 'draft' and v_now.status in ('completed', 'failed') then
      update payments.payout_batches as b set status = 'processing' where b.id = v_batch.id;
    end if;
    update payments.payout_batches as b
    set total_payouts = v_now.number, total_amount = v_now.amount, status = v_now.status,
        processed_at = case when v_now.status in ('completed', 'failed') then coalesce(b.processed_at, clock_timestamp()) end
    where b.id = v_batch.id
      and (b.total_payouts, b.total_amount, b.status) is distinct from (v_now.number, v_now.amount, v_now.status);
  end loop;
  return null;
end;
$$;
comment on function payments.tg_payouts__refresh_batch() is 'Keeps the totals and the status of batches.';
revoke all on function payments.tg_payouts__refresh_batch() from public;
