-- The page of somebody elsewhere is on her own server, and so is the inbox that she shares; of others it is forgotten.
UPDATE actor SET url = uri
WHERE NOT local AND split_part(lower(url), '/', 3) <> split_part(lower(uri), '/', 3);
UPDATE actor SET shared_inbox = NULL
WHERE NOT local AND split_part(lower(shared_inbox), '/', 3) <> split_part(lower(inbox), '/', 3);

-- Names of hashtags have no spaces and no signs (only those of ASCII, which mean the same in every locale of a database).
DELETE FROM post_tag WHERE tag = '' OR name ~ '[\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]';
