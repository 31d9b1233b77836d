-- When each sweep of the night last went through all of its table: what lags behind is named. `night` is all of them.
CREATE TABLE sweep_round (
    name text PRIMARY KEY,
    ended_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO sweep_round (name) VALUES ('night');
