-- How a bike left, and from whom it came with its book; the other one's name only where that one wanted it told.
ALTER TABLE bike
    ADD COLUMN left_how text CHECK (left_how IN ('given', 'sold', 'scrapped', 'handed-over')),
    ADD COLUMN came_on date,
    ADD COLUMN came_from text NOT NULL DEFAULT '';

-- Pictures of a bike and of its lines, invoices: files of their owner, which no address but her own pages answers.
CREATE TABLE bike_file (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    entry_id bigint REFERENCES bike_entry(id) ON DELETE CASCADE,  -- NULL for the picture of the bike itself
    kind text NOT NULL CHECK (kind IN ('photo', 'invoice')),
    mime_type text NOT NULL CHECK (mime_type IN ('image/jpeg', 'application/pdf')),
    file_key text NOT NULL,
    thumbnail_key text,
    byte_size integer NOT NULL CHECK (byte_size > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_file_bike ON bike_file (bike_id, id);
CREATE INDEX bike_file_entry ON bike_file (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX bike_file_key ON bike_file (file_key);
CREATE INDEX bike_file_thumbnail ON bike_file (thumbnail_key) WHERE thumbnail_key IS NOT NULL;
CREATE TRIGGER bike_files AFTER DELETE ON bike_file FOR EACH ROW EXECUTE FUNCTION note_unused_files();

-- Which bike of hers a call or an appointment is about: she alone knows, so that a result finds the right book.
CREATE TABLE bike_link (
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    listing_id bigint UNIQUE REFERENCES post(id) ON DELETE CASCADE,
    agreement_id bigint UNIQUE REFERENCES agreement(id) ON DELETE CASCADE,
    CHECK (num_nonnulls(listing_id, agreement_id) = 1)
);
CREATE INDEX bike_link_bike ON bike_link (bike_id);

COMMENT ON TRIGGER bike_files ON bike_file IS
    'Files of bikes, lines and members that are gone are noted for removal, cascades included.';
