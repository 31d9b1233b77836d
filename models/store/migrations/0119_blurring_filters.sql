-- A filter may also do no more than cover the pictures of what it finds.
ALTER TABLE filter DROP CONSTRAINT filter_action_check;
ALTER TABLE filter ADD CONSTRAINT filter_action_check CHECK (action IN ('warn', 'hide', 'blur'));
