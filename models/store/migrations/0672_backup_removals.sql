-- Of old copies of backups at their place: whether they could be removed. `folder` is then that place.
ALTER TABLE backup_run DROP CONSTRAINT backup_run_kind_check;
ALTER TABLE backup_run ADD CONSTRAINT backup_run_kind_check
    CHECK (kind IN ('backup', 'verification', 'copy', 'removal'));
