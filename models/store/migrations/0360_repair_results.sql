-- What came out of a repair, as one of its two sides noted it; or the shop alone, of who walked in or of a file.
CREATE TABLE repair_result (
    id bigint PRIMARY KEY,
    -- NULL for what was done without one; the figures outlive the exchange.
    agreement_id bigint REFERENCES agreement(id) ON DELETE SET NULL,
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,    -- who notes it
    repairer_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who repaired: a shop or a person
    cyclist_id bigint REFERENCES actor(id) ON DELETE SET NULL,   -- whose bike it was, where she has an account
    uri text UNIQUE,                          -- of the report that told it; NULL for what only this server knows
    bike_type text NOT NULL DEFAULT 'other'
        CHECK (bike_type IN ('city', 'ebike', 'cargo', 'mtb', 'road', 'child', 'folding', 'other')),
    organ text NOT NULL CHECK (organ IN
        ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights', 'diagnosis', 'other')),
    -- The statuses and barriers of the Open Repair Data Standard 0.3.
    outcome text NOT NULL CHECK (outcome IN ('fixed', 'repairable', 'end-of-life', 'unknown')),
    barrier text CHECK (barrier IN ('parts-not-available', 'parts-too-expensive', 'no-way-to-open',
        'no-information', 'lack-of-equipment', 'too-worn')),
    minutes integer CHECK (minutes BETWEEN 1 AND 6000),
    parts text[] NOT NULL DEFAULT '{}',       -- one line each, as they were written
    learnt text NOT NULL DEFAULT '',          -- what is worth knowing the next time
    problem text NOT NULL DEFAULT '',         -- what was wrong, in words
    brand text NOT NULL DEFAULT '',
    commune_code text,                        -- where it was done: the shop's, else that of the call
    repaired_on date NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    -- What the cyclist said to it for the book of her bike; NULL while it waits for her.
    book_answer text CHECK (book_answer IN ('kept', 'declined')),
    UNIQUE (agreement_id, author_id),
    CHECK (barrier IS NULL OR outcome = 'end-of-life')
);
CREATE INDEX repair_result_author ON repair_result (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX repair_result_repairer ON repair_result (repairer_id, repaired_on) WHERE repairer_id IS NOT NULL;
CREATE INDEX repair_result_cyclist ON repair_result (cyclist_id, repaired_on) WHERE cyclist_id IS NOT NULL;
CREATE INDEX repair_result_day ON repair_result (repaired_on);

-- A bike of a member: she alone reads it and its book. Nothing of it is told to anybody, but what she hands over.
CREATE TABLE bike (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    name text NOT NULL,
    bike_type text NOT NULL DEFAULT 'city'
        CHECK (bike_type IN ('city', 'ebike', 'cargo', 'mtb', 'road', 'child', 'folding', 'other')),
    brand text NOT NULL DEFAULT '',
    model text NOT NULL DEFAULT '',
    made_in smallint CHECK (made_in BETWEEN 1880 AND 2200),
    wheel_size text NOT NULL DEFAULT '',
    notes text NOT NULL DEFAULT '',
    frame_number text NOT NULL DEFAULT '',    -- capitals and digits alone; shown masked
    stolen_at timestamptz,
    kilometres integer CHECK (kilometres >= 0),
    kilometres_on date,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz                       -- given away, sold or gone: kept apart from those that are ridden
);
CREATE INDEX bike_owner ON bike (owner_id, id);
CREATE INDEX bike_frame_number ON bike (frame_number) WHERE frame_number <> '';

-- A line of a bike's book: what was done, by whom and when; written by its owner, or kept of what a repairer proposed.
CREATE TABLE bike_entry (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    result_id bigint UNIQUE REFERENCES repair_result(id) ON DELETE SET NULL,
    done_on date NOT NULL,
    title text NOT NULL,
    text text NOT NULL DEFAULT '',
    organ text CHECK (organ IN
        ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights', 'diagnosis', 'other')),
    outcome text CHECK (outcome IN ('fixed', 'repairable', 'end-of-life', 'unknown')),
    minutes integer CHECK (minutes BETWEEN 1 AND 6000),
    parts text[] NOT NULL DEFAULT '{}',
    repairer text NOT NULL DEFAULT '',        -- the name as it was then
    repairer_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    kilometres integer CHECK (kilometres >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_entry_bike ON bike_entry (bike_id, done_on DESC, id DESC);
CREATE INDEX bike_entry_repairer ON bike_entry (repairer_id) WHERE repairer_id IS NOT NULL;
