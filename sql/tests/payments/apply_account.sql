begin;
select plan(11);

select tests.create_payee('ana');
update payments.payees as y set stripe_account_id = 'acct_ana';
create function pg_temp.account(changes jsonb default '{}') returns jsonb language sql as $$
  select '{"id": "acct_ana", "object": "account", "payouts_enabled": true, "capabilities": {"transfers": "active"}}'::jsonb || account.changes
$$;
create function pg_temp.enabled() returns boolean language sql as $$ select y.payouts_enabled from payments.payees as y $$;

-- payments.fetch_account, payments.apply_account: what an event says may be old
select is(tests.hear('e1', 'account.updated', pg_temp.account(), '{"account": "acct_ana"}'), 'processed', 'an account of ours has changed');
select is(pg_temp.enabled(), false, 'which by itself changes nothing');
select results_eq($$select o.topic, o.queue_key, o.city_code, o.payload from core.outbox as o$$,
  $$values ('payments.fetch_stripe_object', 'account:acct_ana', 'URB', '{"id": "acct_ana", "object": "account"}'::jsonb)$$, 'but it is looked at');
select is(tests.hear('e2', 'account.updated', pg_temp.account('{"id": "acct_other"}'), '{"account": "acct_other"}'), 'ignored', 'other accounts are not');
select is(tests.hear('e3', 'account.updated', pg_temp.account(), '{"account": "acct_ana", "livemode": true}'), 'failed', 'nor those of another mode');

select is(payments.ingest_stripe_object(pg_temp.account()) ->> 'status', 'processed', 'how it is now counts');
select is(pg_temp.enabled(), true, 'it can be paid');
select payments.ingest_stripe_object(pg_temp.account('{"capabilities": {"transfers": "inactive"}}'));
select is(pg_temp.enabled(), false, 'not without the right to receive transfers');
select payments.ingest_stripe_object(pg_temp.account('{"payouts_enabled": false}'));
select is(pg_temp.enabled(), false, 'nor while its own payouts are stopped');
select payments.ingest_stripe_object(pg_temp.account() - 'capabilities');
select is(pg_temp.enabled(), false, 'nor if nothing is said of it');
select is(payments.ingest_stripe_object('{"id": "acct_other", "object": "account"}') ->> 'status', 'ignored', 'other accounts are ignored');

select * from finish();
rollback;
