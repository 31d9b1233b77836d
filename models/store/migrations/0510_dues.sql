-- Until when each member has paid her yearly dues, where the cooperative asks for them; gone with the account.
CREATE TABLE dues (
    member_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    valid_until date,                         -- the last day; NULL: nothing is asked of her
    cents integer CHECK (cents >= 0),         -- what she gave, where the cooperative wishes to keep it
    told smallint NOT NULL DEFAULT 0,         -- her last reminder: 1 weeks before, 2 days before, 3 after
    noted_at timestamptz NOT NULL DEFAULT now(),
    noted_by bigint REFERENCES account(actor_id) ON DELETE SET NULL
);
CREATE INDEX dues_until ON dues (valid_until);
