-- Figures of the cooperative, month by month. What is counted is remembered by its number as long as it is there, so
-- that it can be counted again; of what is erased only the sum stays.
CREATE TABLE figure_event (
    what text NOT NULL CHECK (what IN ('members', 'listings', 'agreed', 'done', 'objects', 'hours', 'answered',
        'unanswered')),
    source_id bigint NOT NULL,    -- of the account, listing, agreement or thread
    listing_id bigint,            -- that it is about; without it, nothing says any more where it was
    month date NOT NULL,          -- the one in which it counts: never one that is closed
    commune_code text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT '',
    mode text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    elsewhere boolean NOT NULL DEFAULT false,  -- the other side is of another server
    bucket smallint NOT NULL DEFAULT 0,        -- of an answer: how long it took
    amount numeric NOT NULL DEFAULT 1,
    gone boolean NOT NULL DEFAULT false,       -- it counts in figure_gone, and no more here
    PRIMARY KEY (what, source_id)
);
CREATE INDEX figure_event_month ON figure_event (month) WHERE NOT gone;

-- What was counted and can be counted no more, since whoever it was of is gone or took it back.
CREATE TABLE figure_gone (
    month date NOT NULL,
    what text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    mode text NOT NULL,
    category text NOT NULL,
    elsewhere boolean NOT NULL,
    bucket smallint NOT NULL,
    cases integer NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (month, what, commune_code, kind, mode, category, elsewhere, bucket)
);

-- The sums that are kept of each month that is closed: `cases` of something, which make `amount` of it.
CREATE TABLE figure_sum (
    month date NOT NULL,
    what text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    mode text NOT NULL,
    category text NOT NULL,
    elsewhere boolean NOT NULL,
    bucket smallint NOT NULL,
    cases integer NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (month, what, commune_code, kind, mode, category, elsewhere, bucket)
);

-- Months that are over and do not change any more.
CREATE TABLE figure_month (
    month date PRIMARY KEY,
    closed_at timestamptz NOT NULL DEFAULT now(),
    decided boolean NOT NULL DEFAULT false  -- whether it is in figure_cell as it is kept
);

-- What may be shown, decided once for every page and file. Of what is not shown no number stands here.
CREATE TABLE figure_cell (
    first date NOT NULL,
    length text NOT NULL CHECK (length IN ('month', 'quarter', 'year', 'all')),
    what text NOT NULL,
    commune_code text NOT NULL DEFAULT '',
    epci_code text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT '',
    mode text NOT NULL DEFAULT '',
    side text NOT NULL DEFAULT '' CHECK (side IN ('', 'here', 'elsewhere')),
    amount numeric,                         -- NULL: hidden
    partial boolean NOT NULL DEFAULT false, -- at least so much: something of it is hidden
    PRIMARY KEY (first, length, commune_code, epci_code, kind, mode, side, what)
);
CREATE INDEX figure_cell_what ON figure_cell (what, length, commune_code, epci_code, kind, mode, side, first);

-- Kept sums that were not what was counted again at night, until somebody who administers has seen it.
CREATE TABLE figure_difference (
    id bigint PRIMARY KEY,
    month date NOT NULL,
    what text NOT NULL,
    kept integer NOT NULL,
    counted integer NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz
);
CREATE INDEX figure_difference_unseen ON figure_difference (found_at) WHERE seen_at IS NULL;
