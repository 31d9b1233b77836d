-- Posts of ours that were held before they appeared, until they do: a refusal that is taken back publishes them as new.
CREATE TABLE unpublished_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE
);
INSERT INTO unpublished_post (post_id)
SELECT h.post_id FROM held_post h JOIN post p ON p.id = h.post_id WHERE h.draft IS NULL AND p.local;

-- Whether a picture may be shown is asked by the key in its address.
CREATE INDEX media_file ON media (file_key) WHERE file_key IS NOT NULL;
CREATE INDEX media_thumbnail ON media (thumbnail_key) WHERE thumbnail_key IS NOT NULL;
