-- The address of the calendar that a shop keeps elsewhere is a secret: it is kept as other secrets are, sealed with the
-- key file where there is one. What is kept here begins with the byte that says "not sealed"; a migration knows no key,
-- so what starts the server next seals it. The host alone is shown, to the people of the shop.
ALTER TABLE shop_calendar ADD COLUMN secret bytea, ADD COLUMN host text;
UPDATE shop_calendar SET secret = '\x00'::bytea || convert_to(address, 'UTF8'),
    host = split_part(split_part(address, '/', 3), ':', 1);
ALTER TABLE shop_calendar ALTER COLUMN secret SET NOT NULL, ALTER COLUMN host SET NOT NULL, DROP COLUMN address;
