-- What neighbour cooperatives publish of themselves, asked for once a day and added up with our own.
CREATE TABLE figure_neighbour (
    host text PRIMARY KEY,
    next_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,          -- what is kept is as it was told then
    problem text CHECK (problem IN ('not_published', 'no_answer', 'unreadable')),  -- of the last time; NULL: none
    name text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    periods text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX figure_neighbour_due ON figure_neighbour (next_at);

CREATE TABLE figure_neighbour_cell (
    host text NOT NULL REFERENCES figure_neighbour(host) ON DELETE CASCADE,
    period text NOT NULL,
    what text NOT NULL,
    amount numeric,               -- NULL: hidden
    partial boolean NOT NULL,
    PRIMARY KEY (host, period, what)
);
CREATE INDEX figure_neighbour_cell_period ON figure_neighbour_cell (period);
