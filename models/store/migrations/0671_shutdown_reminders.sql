-- The end of an instance is said again shortly before its day: `reminded` is how many days before it was, the last time.
ALTER TABLE instance_shutdown ADD COLUMN reminded smallint;
