-- When all of a shop's calendar came last, and for how many days ahead it was read: what comes again is written out for
-- some time ahead alone, so all of it is asked for each day.
ALTER TABLE shop_calendar ADD COLUMN whole_at timestamptz, ADD COLUMN whole_days integer;
