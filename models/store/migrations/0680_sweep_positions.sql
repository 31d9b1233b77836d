-- How far a nightly look at a large table came; the next night goes on behind it, and begins anew at the end.
CREATE TABLE sweep_position (
    name text PRIMARY KEY,
    after text NOT NULL
);
