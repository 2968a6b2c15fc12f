-- A property's rating is the mean of its published reviews, for every writer of them.
-- Locks: the property, before the reviews are read, so that of two that are published at once none is left out.
create or replace function lodging.tg_reviews__rate_property()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_property_id uuid;
begin
  for v_property_id in
    select distinct p.id
    from (values (old.property_id, old.is_published), (new.property_id, new.is_published)) as p (id, is_published)
    where p.is_published
    order by p.id
  loop
    perform from lodging.properties_map as p where p.id = v_property_id for no key update;
    update lodging.properties_map as p
    set rating = t.rating, review_count = t.review_count
    from (
      select coalesce(round(avg(r.overall_rating), 2), 0) as rating, count(*) as review_count
      from lodging.reviews as r
      where r.property_id = v_property_id and r.is_published) as t
    where p.id = v_property_id;
  end loop;
  return null;
end;
$$;
comment on function lodging.tg_reviews__rate_property() is 'Keeps rating and review_count of a property what its published reviews say.';
revoke all on function lodging.tg_reviews__rate_property() from public;
