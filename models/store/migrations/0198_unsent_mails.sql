-- Mails to somebody without an account that did not leave are seen too, and what did not leave can be sent again.
ALTER TABLE mail ALTER COLUMN recipient_id DROP NOT NULL;
ALTER TABLE mail ADD COLUMN job text;
ALTER TABLE mail ADD COLUMN payload jsonb;
ALTER TABLE mail ADD CONSTRAINT mail_check CHECK (recipient_id IS NOT NULL OR payload IS NOT NULL);
-- A no to a request to join carries its words and address in the payload: nothing else of her is kept.
