begin;
select plan(2);

select is_empty(
  $$select m.name from unnest(audit.masked_columns()) as m (name) group by m.name having count(*) > 1$$,
  'every column is named once');
select is_empty(
  $$select t.label, a.attname
    from tests.triggers as g
    join tests.tables as t on t.oid = g.tgrelid
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where g.function = 'tg__record'
      and a.attname ~ '(email|phone|document|first_name|last_name|payer|token|secret|password|encrypted|session|user_agent|^ip_)'
      and a.attname not in ('claim_token', 'stripe_checkout_session_id')
      and a.attname <> all (audit.masked_columns())$$,
  'no recorded table has a column of personal data or a secret that is not masked');

select * from finish();
rollback;
