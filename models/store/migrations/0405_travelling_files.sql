-- Files of bikes travel: to the next owner with the book, and beside what a repairer noted, to one person each.
ALTER TABLE bike_file
    ALTER COLUMN bike_id DROP NOT NULL,
    ADD COLUMN result_id bigint REFERENCES repair_result(id) ON DELETE CASCADE,  -- until its words are in a book
    ADD COLUMN digest bytea CHECK (octet_length(digest) = 32),  -- SHA-256 of the file; NULL until somebody asks
    ADD COLUMN file_size integer CHECK (file_size > 0),         -- of the file itself, without its small copy
    ADD COLUMN sent_uri text UNIQUE,                            -- the address that the one receiver was told
    ADD COLUMN receiver_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    ADD COLUMN kept_until timestamptz,                          -- until then that address answers
    ADD COLUMN came_uri text UNIQUE,                            -- where it was fetched, which is not done twice
    ADD COLUMN parted_at timestamptz,                           -- hers no more: it waits for the receiver alone
    ADD CONSTRAINT bike_file_whose CHECK (num_nonnulls(bike_id, result_id) = 1);
CREATE INDEX bike_file_result ON bike_file (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX bike_file_receiver ON bike_file (receiver_id) WHERE receiver_id IS NOT NULL;
CREATE INDEX bike_file_kept ON bike_file (kept_until) WHERE kept_until IS NOT NULL;

-- Files that another server told one of ours of, and that are fetched one after the other.
CREATE TABLE awaited_file (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    sender_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    receiver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- in whose name it is asked for
    bike_id bigint REFERENCES bike(id) ON DELETE CASCADE,
    entry_id bigint REFERENCES bike_entry(id) ON DELETE CASCADE,
    result_id bigint REFERENCES repair_result(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('photo', 'invoice')),
    file_size integer NOT NULL CHECK (file_size > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    tries smallint NOT NULL DEFAULT 0,
    next_at timestamptz DEFAULT now(),        -- NULL once it is here, or nothing is tried any more
    trouble text CHECK (trouble IN ('away', 'missing', 'changed', 'unreadable', 'no-room')),
    received_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(bike_id, result_id) = 1)
);
CREATE INDEX awaited_file_next ON awaited_file (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX awaited_file_sender ON awaited_file (sender_id);
CREATE INDEX awaited_file_receiver ON awaited_file (receiver_id);
CREATE INDEX awaited_file_bike ON awaited_file (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX awaited_file_entry ON awaited_file (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX awaited_file_result ON awaited_file (result_id) WHERE result_id IS NOT NULL;
