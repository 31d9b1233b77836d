-- Whoever asks to join has an account that nobody sees, answers the cooperative's questions, and talks with the team.
ALTER TABLE sign_up
    ADD COLUMN actor_id bigint UNIQUE REFERENCES account(actor_id) ON DELETE CASCADE,  -- NULL: asked before this was so
    ADD COLUMN confirmed_at timestamptz,             -- she followed the link in the mail to her address
    ADD COLUMN answers jsonb NOT NULL DEFAULT '[]';  -- [{"question", "words"}], as they were asked

CREATE TABLE sign_up_message (
    id bigint PRIMARY KEY,
    sign_up_id bigint NOT NULL REFERENCES sign_up(id) ON DELETE CASCADE,  -- goes with the request, once it is answered
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    role text CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),  -- as which the team wrote; NULL: she did
    words text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_up_message_sign_up ON sign_up_message (sign_up_id, id);
CREATE INDEX sign_up_message_author ON sign_up_message (author_id);

CREATE VIEW full_sign_up AS
SELECT s.id, s.username, s.email, s.name, s.language, s.commune_code, s.asked_at, s.actor_id, s.confirmed_at, s.answers,
    coalesce((SELECT m.role IS NOT NULL FROM sign_up_message m WHERE m.sign_up_id = s.id ORDER BY m.id DESC LIMIT 1),
        false) AS asked_back
FROM sign_up s;
COMMENT ON VIEW full_sign_up IS
    'A request to join as it is read, without the hash of a password; `asked_back` while the team waits for an answer.';

-- Answers that the team keeps ready, to say yes or no, or to ask for more.
CREATE TABLE canned_answer (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('yes', 'no', 'more')),
    title text NOT NULL,
    words text NOT NULL
);

-- Members who came lately and have not seen to all cards of their first session; whoever has is forgotten here.
CREATE TABLE first_session (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    skipped text[] NOT NULL DEFAULT '{}'
);

-- A listing may begin with a note or with the form as it was left.
ALTER TABLE listing_draft
    ALTER COLUMN note_id DROP NOT NULL,
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN fields jsonb,                              -- [[name, typed]], in the order of the form
    ADD COLUMN media_ids bigint[] NOT NULL DEFAULT '{}',  -- photos that it keeps from being forgotten
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT listing_draft_begins CHECK ((note_id IS NULL) <> (fields IS NULL));
