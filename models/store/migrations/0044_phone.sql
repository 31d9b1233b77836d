-- How a member may be reached, if she wants to keep it here: shown to nobody, sent only when she gives it in a thread.

ALTER TABLE account ADD COLUMN phone text NOT NULL DEFAULT '';
