-- The calendar that a shop keeps elsewhere, under an address that is a secret of its own: what stands there takes its
-- appointments away. Ranges alone are kept, no titles and no people.
CREATE TABLE shop_calendar (
    actor_id bigint PRIMARY KEY REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    address text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,  -- when it was read well last; the ranges are of then
    etag text NOT NULL DEFAULT '',
    modified text NOT NULL DEFAULT '',  -- its Last-Modified, as it came
    unread integer NOT NULL DEFAULT 0,  -- entries of it that could not be read
    failed_at timestamptz,  -- of the last try, where that failed, and why: a code
    cause text,
    failing_since timestamptz,
    told_at timestamptz,  -- when its managers were told that it fails
    CONSTRAINT shop_calendar_failing CHECK ((cause IS NULL) = (failing_since IS NULL)
        AND (cause IS NULL) = (failed_at IS NULL))
);
CREATE INDEX shop_calendar_next ON shop_calendar (next_at);

CREATE TABLE shop_busy (
    actor_id bigint NOT NULL REFERENCES shop_calendar(actor_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, begins_at),
    CHECK (begins_at < ends_at)
);
