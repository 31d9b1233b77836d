-- How often the worker that held an activity died without a word: one that kills whoever processes it is found by it.
ALTER TABLE received ADD COLUMN deaths smallint NOT NULL DEFAULT 0;
CREATE INDEX received_suspect ON received (id) WHERE state = 'waiting' AND deaths > 0;

-- What one server sent lately, for « Pourquoi ne vois-je pas cette annonce ? ».
CREATE INDEX received_host ON received (host, id);
