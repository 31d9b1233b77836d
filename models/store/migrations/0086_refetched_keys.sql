-- When a key was last looked at anew because a signature did not hold; the first look at it does not count.
ALTER TABLE public_key ADD COLUMN refetched_at timestamptz;
