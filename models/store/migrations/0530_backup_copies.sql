-- Of copies of backups that go to other machines too: whether they arrived. `folder` is then where they go.
ALTER TABLE backup_run DROP CONSTRAINT backup_run_kind_check;
ALTER TABLE backup_run ADD CONSTRAINT backup_run_kind_check CHECK (kind IN ('backup', 'verification', 'copy'));
