-- What arrived at one server, in its order: it may lose it, and gets it again.
CREATE INDEX CONCURRENTLY delivery_arrived ON delivery (host, finished_at) WHERE state = 'done';
