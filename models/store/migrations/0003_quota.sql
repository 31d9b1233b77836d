-- Requests per client and five minutes. Lost in a crash without harm, hence not in the write-ahead log.
CREATE UNLOGGED TABLE request_count (
    window_start timestamptz NOT NULL,
    key_hash bytea NOT NULL,            -- SHA-256 of the bearer token or of the network address
    requests integer NOT NULL,
    PRIMARY KEY (window_start, key_hash)
);
