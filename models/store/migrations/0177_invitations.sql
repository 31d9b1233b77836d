-- Somebody may come in because she was invited: by the team or by a member, with one link for many or a mail to one.
-- The address of an invitation is signed, so that a poster can be printed again; no table holds it.
CREATE TABLE invitation (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    team boolean NOT NULL,                    -- for the cooperative, not out of what a member may give away
    note text NOT NULL DEFAULT '',            -- for the team: where it hangs, whom it is for
    places integer NOT NULL CHECK (places BETWEEN 1 AND 500),
    needs_yes boolean NOT NULL DEFAULT false, -- who comes by it asks all the same
    turn integer NOT NULL DEFAULT 1,          -- which of its addresses holds: a newer one ends those before it
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    email text,                               -- where it was sent to, if to one person
    words text NOT NULL DEFAULT '',
    mail_state text CHECK (mail_state IN ('waiting', 'sent', 'refused')),
    mail_cause text,
    mailed_at timestamptz,
    CHECK ((email IS NULL) = (mail_state IS NULL)),
    CHECK (email IS NULL OR places = 1)
);
CREATE INDEX invitation_made_by ON invitation (made_by);
CREATE INDEX invitation_email ON invitation (lower(email)) WHERE email IS NOT NULL;

-- Who came by which. An account that is never confirmed goes, and gives its place back.
CREATE TABLE invitation_use (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    invitation_id bigint NOT NULL REFERENCES invitation(id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invitation_use_invitation ON invitation_use (invitation_id);

-- What somebody brought along who asks to join and has no account yet: it becomes hers with the account.
CREATE TABLE arrival (
    username text PRIMARY KEY,
    invitation_id bigint REFERENCES invitation(id) ON DELETE CASCADE,
    version_ids bigint[] NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX arrival_invitation ON arrival (invitation_id) WHERE invitation_id IS NOT NULL;

-- Members from a list: looked at first, then made one after the other, each line with what became of it.
CREATE TABLE member_import (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX member_import_made_by ON member_import (made_by);
CREATE TABLE member_import_line (
    import_id bigint NOT NULL REFERENCES member_import(id) ON DELETE CASCADE,
    line integer NOT NULL,
    name text NOT NULL,
    username text NOT NULL,
    email text NOT NULL,
    commune_code text,
    place boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'made', 'email_taken', 'username_taken')),
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    mail_state text CHECK (mail_state IN ('sent', 'refused')),
    PRIMARY KEY (import_id, line)
);
CREATE INDEX member_import_line_actor ON member_import_line (actor_id);
