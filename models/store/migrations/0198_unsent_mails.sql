-- Mails to somebody without an account that did not leave are seen too, and what did not leave can be sent again.
ALTER TABLE mail ALTER COLUMN recipient_id DROP NOT NULL;
ALTER TABLE mail ADD COLUMN job text;
ALTER TABLE mail ADD COLUMN payload jsonb;
ALTER TABLE mail ADD CONSTRAINT mail_check CHECK (recipient_id IS NOT NULL OR payload IS NOT NULL);
COMMENT ON COLUMN mail.job IS 'the job that sends it again, with its payload; a mail that says no to a request to join'
    ' carries its words and address here, since nothing else of her is kept';
