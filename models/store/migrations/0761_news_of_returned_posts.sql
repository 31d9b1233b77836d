-- One more kind of news, added to those that there are, whatever other migrations added before. What is there already
-- is looked through by the next one, while others write.
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'notification'::regclass AND conname = 'notification_type_check');
BEGIN
    ALTER TABLE notification DROP CONSTRAINT notification_type_check;
    EXECUTE 'ALTER TABLE notification ADD CONSTRAINT notification_type_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''posts_returned''::text, ') || ' NOT VALID';
END
$$;
