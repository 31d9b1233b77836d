-- A bike on its way to somebody else with its book: by a code that is shown once, to who opens it first and says yes.
CREATE TABLE bike_handover (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL UNIQUE REFERENCES bike(id) ON DELETE CASCADE,
    giver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    named boolean NOT NULL,                   -- whether the new owner reads who gave it
    with_invoices boolean NOT NULL,
    expires_at timestamptz NOT NULL,
    taker_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who said yes
    taken_at timestamptz,
    sent_uri text UNIQUE,                     -- the activity that carries the book to another server, until it is there
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_handover_giver ON bike_handover (giver_id);
CREATE INDEX bike_handover_taker ON bike_handover (taker_id) WHERE taker_id IS NOT NULL;

-- To whom at other servers it was offered, since she gave that address behind the code.
CREATE TABLE bike_handover_offer (
    handover_id bigint NOT NULL REFERENCES bike_handover(id) ON DELETE CASCADE,
    taker_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    offer_uri text NOT NULL UNIQUE,
    PRIMARY KEY (handover_id, taker_id)
);
CREATE INDEX bike_handover_offer_taker ON bike_handover_offer (taker_id);

-- A bike that somebody of another server offers to one of ours: what she reads of it before she says yes.
CREATE TABLE bike_offer (
    id bigint PRIMARY KEY,
    offer_uri text NOT NULL UNIQUE,
    giver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    taker_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    name text NOT NULL,
    bike_type text NOT NULL,
    lines integer NOT NULL CHECK (lines >= 0),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    arrived_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_offer_taker ON bike_offer (taker_id);
CREATE INDEX bike_offer_giver ON bike_offer (giver_id);
