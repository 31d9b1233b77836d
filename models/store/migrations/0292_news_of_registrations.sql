-- Up to when those who organise a meeting were told who registered for it, once a day.
ALTER TABLE meeting ADD COLUMN organisers_told_at timestamptz;
