-- Whether somebody came in by a link in a mail or by a passkey: who does so just now is not asked for her password
-- before what cannot be undone. Of those who are logged in already nobody knows, so that they are asked.
ALTER TABLE session ADD COLUMN without_password boolean NOT NULL DEFAULT false;
ALTER TABLE login_step ADD COLUMN without_password boolean NOT NULL DEFAULT false;
