-- Statements that took long, day by day: their text is ours and holds no value. Forgotten after a month.
CREATE TABLE slow_statement (
    day date NOT NULL DEFAULT current_date,
    statement text NOT NULL,           -- its beginning, as it stands in the code
    times integer NOT NULL,
    longest double precision NOT NULL,  -- seconds
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, statement)
);

ALTER TABLE server ADD COLUMN slow_since timestamptz;  -- since when latency_ms is long without a break
