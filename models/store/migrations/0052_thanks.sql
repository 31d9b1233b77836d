-- What a note of ours thanks for, on the wire: the id of an economic event. Others' say so in `raw`, and count only here:
ALTER TABLE post ADD COLUMN thanks_for text;
CREATE OR REPLACE VIEW full_post AS
SELECT id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
    in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
    received_at, deleted_at, thanks_for
FROM post;

-- One of the two thanked the other, once for each exchange. The words are a note, but for guests: then they stand in the
-- line of the thread itself.
CREATE TABLE thanks (
    event_id bigint PRIMARY KEY REFERENCES exchange_event ON DELETE CASCADE,
    agreement_id bigint NOT NULL REFERENCES agreement ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    thanked_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint UNIQUE REFERENCES post ON DELETE CASCADE,
    hidden boolean NOT NULL DEFAULT false,      -- by who was thanked: not on her page
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agreement_id, author_id),
    CHECK (author_id <> thanked_id)
);
CREATE INDEX thanks_received ON thanks (thanked_id, event_id DESC) WHERE post_id IS NOT NULL;
CREATE INDEX thanks_author ON thanks (author_id);

-- How many exchanges both sides confirm stands on each profile.
CREATE INDEX agreement_verified_owner ON agreement (owner_id)
    WHERE owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL;
CREATE INDEX agreement_verified_partner ON agreement (partner_id)
    WHERE owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL;

-- Thanks are told by the line of their thread, not once more as a note that names her.
CREATE OR REPLACE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND n.id > coalesce((SELECT last_read_id FROM marker
            WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND (
        EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id)
        OR EXISTS (SELECT FROM thanks t WHERE t.post_id = n.post_id AND t.thanked_id = n.recipient_id)));
