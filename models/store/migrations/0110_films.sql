-- Films and sounds with their real type, how long they last, and what else was measured when they were opened.
-- Those that came before were not opened: their media type tells what they are, and nothing their length.
ALTER TABLE media
    ADD COLUMN duration double precision,           -- seconds
    ADD COLUMN measures jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN poster_url text;                     -- of a film or sound from elsewhere: the picture that stands for it

UPDATE media SET type = split_part(mime_type, '/', 1)
WHERE type = 'unknown' AND remote_url IS NULL AND split_part(mime_type, '/', 1) IN ('video', 'audio');
