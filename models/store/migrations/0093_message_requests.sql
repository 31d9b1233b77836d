-- What a stranger writes waits for the member to whom it is written, each for herself.
CREATE TABLE message_request (
    id bigint PRIMARY KEY,
    reader_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    uri text NOT NULL,                              -- of the note, or of the Offer
    url text NOT NULL,                              -- where people read it, at its author's
    kind text NOT NULL CHECK (kind IN ('note', 'offer')),
    private boolean NOT NULL,
    named boolean,                                  -- NULL: she only wrote what it answers
    warning text NOT NULL DEFAULT '',
    text text NOT NULL,                             -- plain
    file_types text[] NOT NULL DEFAULT '{}',        -- what hangs on it: its type and its description, side by side
    file_words text[] NOT NULL DEFAULT '{}',
    about_id bigint REFERENCES post ON DELETE SET NULL,                 -- what it answers
    received_id bigint REFERENCES received ON DELETE SET NULL,          -- NULL where the post is kept for others
    received_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,                        -- let in, and on its way
    UNIQUE (reader_id, uri)
);
CREATE INDEX message_request_author ON message_request (author_id, reader_id);
CREATE INDEX message_request_uri ON message_request (uri);
CREATE INDEX message_request_received ON message_request (received_id) WHERE received_id IS NOT NULL;
CREATE INDEX message_request_about ON message_request (about_id) WHERE about_id IS NOT NULL;
CREATE INDEX message_request_age ON message_request (received_at);

-- Whom a member let in, and whom she sent away.
CREATE TABLE correspondent (
    reader_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    welcome boolean NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (reader_id, author_id)
);
CREATE INDEX correspondent_author ON correspondent (author_id);

-- When a member was told last that something waits, and when she looked last.
CREATE TABLE message_request_news (
    reader_id bigint PRIMARY KEY REFERENCES actor ON DELETE CASCADE,
    told_at timestamptz,
    seen_at timestamptz
);

-- The messages by which she was told.
CREATE TABLE message_request_notice (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    reader_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE
);
CREATE INDEX message_request_notice_reader ON message_request_notice (reader_id);

-- What a member sees of it: nothing of whoever is gone, suspended, blocked or muted.
CREATE VIEW shown_message_request AS
    SELECT r.* FROM message_request r JOIN actor a ON a.id = r.author_id
    WHERE a.suspended_at IS NULL AND a.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = r.reader_id AND h.author_id = r.author_id);

-- The activity as it came is kept as long as somebody may still let it in.
CREATE FUNCTION finish_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE received SET state = 'ignored', error = 'Nobody let it in.', finished_at = now(),
        body = substring(body FOR 8192)
    WHERE id = OLD.received_id AND state = 'held'
        AND NOT EXISTS (SELECT FROM message_request WHERE received_id = OLD.received_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER message_request_gone AFTER DELETE OR UPDATE OF received_id ON message_request
    FOR EACH ROW WHEN (OLD.received_id IS NOT NULL) EXECUTE FUNCTION finish_held();

-- How much a stranger answered lately is counted, whether it was taken back or not.
CREATE INDEX post_answer_from_elsewhere ON post (author_id, received_at)
    WHERE NOT local AND kind <> 'notice' AND in_reply_to_id IS NOT NULL;

-- What waited for an administrator waits for the members whom it names or addresses from now on, with as much of its
-- text as can be told from here.
CREATE FUNCTION hand_over_held() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old record;
    document jsonb;
    note jsonb;
BEGIN
    FOR old IN SELECT r.id, r.activity_uri, r.body, r.received_at, a.id AS author_id
        FROM received r JOIN actor a ON a.uri = r.actor_uri WHERE r.state = 'held' AND r.type IN ('Create', 'Update')
    LOOP
        BEGIN
            document := convert_from(old.body, 'UTF8')::jsonb;
            note := CASE jsonb_typeof(document -> 'object') WHEN 'object' THEN document -> 'object' ELSE '{}' END;
            INSERT INTO message_request (id, reader_id, author_id, uri, url, kind, private, named, text, received_id,
                received_at)
            SELECT old.id + row_number() OVER (ORDER BY reader.id), reader.id, old.author_id, post.uri, post.uri, 'note',
                position('activitystreams#Public' IN document::text) = 0,
                EXISTS (SELECT FROM jsonb_path_query(note, '$.tag[*].href') AS href WHERE href #>> '{}' = reader.uri),
                left(btrim(regexp_replace(coalesce(note ->> 'content', ''), '<[^<>]*>', ' ', 'g')), 5000),
                old.id, old.received_at
            FROM (SELECT coalesce(note ->> 'id', document ->> 'object', old.activity_uri) AS uri) AS post
            CROSS JOIN actor reader JOIN account ON account.actor_id = reader.id
            WHERE reader.uri IN (
                SELECT word #>> '{}' FROM jsonb_path_query(document, 'lax $.**.to[*]') AS word
                UNION SELECT word #>> '{}' FROM jsonb_path_query(document, 'lax $.**.cc[*]') AS word
                UNION SELECT word #>> '{}' FROM jsonb_path_query(document, 'lax $.**.href') AS word)
            ON CONFLICT DO NOTHING;
        EXCEPTION WHEN OTHERS THEN
            NULL;   -- whatever cannot be read here is looked at again below
        END;
    END LOOP;
END
$$;
SELECT hand_over_held();
DROP FUNCTION hand_over_held();

-- Answers and requests, which name nobody: these pass now, or wait as others do.
UPDATE received SET state = 'waiting', attempts = 0, due_at = now()
WHERE state = 'held' AND NOT EXISTS (SELECT FROM message_request m WHERE m.received_id = received.id);
