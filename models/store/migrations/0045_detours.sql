-- Messages that went by mail, since the other one's server kept silent for a day. Where to is in the thread, not here.
CREATE TABLE detour (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'sent', 'failed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX detour_exchange ON detour (exchange_id, created_at);
