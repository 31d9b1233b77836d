-- What a worker starts again and again: it lives, and yet does not do this.
ALTER TABLE heartbeat ADD COLUMN failing text[] NOT NULL DEFAULT '{}';
