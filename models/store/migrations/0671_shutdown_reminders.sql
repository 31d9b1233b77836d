-- The end of an instance is said again shortly before: `reminded` is how many days before its day, the last time.
ALTER TABLE instance_shutdown ADD COLUMN reminded smallint;
