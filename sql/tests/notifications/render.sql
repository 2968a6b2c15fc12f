begin;
select plan(19);

select is(notifications.render('Hello {{name}}, {{ name }}!', '{"name": "Ada"}', 'en'), 'Hello Ada, Ada!', 'placeholders are filled');
select is(notifications.render('{{a}}{{b}}', '{"a": 1, "b": true}', 'en'), '1true', 'with facts of every kind');
select is(notifications.render('nothing to fill', '{}', 'en'), 'nothing to fill', 'a text without placeholders stays');
select is(notifications.render('[{{gone}}]', '{}', 'en'), '[]', 'a missing fact leaves nothing');
select is(notifications.render('{{a}}', '{"a": "{{b}}", "b": "secret"}', 'en'), '{{b}}', 'a fact is never read as a template');
select is(notifications.render('\1 & {{a}}', '{"a": "\\0 &"}', 'en'), '\1 & \0 &', 'nor as an expression');
select is(notifications.render('{not one} {{not one either}} {{}}', '{}', 'en'), '{not one} {{not one either}} {{}}', 'other braces stay');
select is(notifications.render(null, '{}', 'en'), null, 'no template, no text');
select is(notifications.placeholders('{{b}} {{ a }} {{b}}'), array['b', 'a', 'b'], 'a template tells what it needs');

-- money
select is(notifications.display('{"amount": 123456789, "currency": "BRL"}', 'pt-BR'), 'BRL 1.234.567,89', 'money as in Brazil');
select is(notifications.display('{"amount": 123456789, "currency": "BRL"}', 'en-GB'), 'BRL 1,234,567.89', 'money in English');
select is(notifications.display('{"amount": 5, "currency": "USD"}', 'en'), 'USD 0.05', 'cents');
select is(notifications.display('{"amount": -150, "currency": "USD"}', 'en'), 'USD -1.50', 'less than nothing');
select is(notifications.display('{"amount": 1500, "currency": "JPY"}', 'en'), 'JPY 1,500', 'a currency without cents');
select is(notifications.display('{"amount": 9223372036854775807, "currency": "CREDIT"}', 'en'), 'CREDIT 9,223,372,036,854.775807', 'a great many credits');

-- dates and the rest
select is(notifications.display('"2026-12-01"', 'pt-BR'), '01/12/2026', 'a date as in Brazil');
select is(notifications.display('"2026-12-01"', 'en'), '1 Dec 2026', 'a date in English');
select is(notifications.display('"2026-12-01T10:00:00Z"', 'en'), '2026-12-01T10:00:00Z', 'what is not only a date stays');
select is(notifications.display('null', 'en'), null, 'nothing is nothing');

select * from finish();
rollback;
