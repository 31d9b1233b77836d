-- What its owner told of a bike's counter, when she liked; between two of these, and after, kilometres are guessed.
CREATE TABLE bike_distance (
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    told_on date NOT NULL,
    kilometres integer NOT NULL CHECK (kilometres >= 0),
    PRIMARY KEY (bike_id, told_on)
);

-- What is to be looked at on a bike every so many months or kilometres, counted from the last time.
CREATE TABLE bike_reminder (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    title text NOT NULL,
    organ text CHECK (organ IN
        ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights', 'diagnosis', 'other')),
    every_months smallint CHECK (every_months BETWEEN 1 AND 120),
    every_km integer CHECK (every_km BETWEEN 10 AND 100000),
    since_on date NOT NULL,
    since_km integer,                         -- NULL until she tells kilometres
    put_off_until date,
    told_at timestamptz,                      -- when she was told of it; NULL again once it is done or put off
    CHECK (num_nonnulls(every_months, every_km) > 0)
);
CREATE INDEX bike_reminder_bike ON bike_reminder (bike_id);
CREATE INDEX bike_reminder_untold ON bike_reminder (id) WHERE told_at IS NULL;
