-- Of 5,000 addresses and 5,000 exclusions not each is held against each: a mark says which few may be of one person.
-- -1 where it was kept before; the address itself is not known any more.
ALTER TABLE excluded_address ADD COLUMN mark smallint NOT NULL DEFAULT -1;
ALTER TABLE excluded_address ALTER COLUMN mark DROP DEFAULT;
CREATE INDEX excluded_address_mark ON excluded_address (mark);
