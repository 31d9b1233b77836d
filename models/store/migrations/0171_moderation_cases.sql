-- What is reported is looked at person by person: a case gathers everything about one author until it is decided.
CREATE TABLE moderation_case (
    id bigint PRIMARY KEY,
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    actor_name text NOT NULL DEFAULT '',   -- stays where the actor is gone
    opened_at timestamptz NOT NULL DEFAULT now(),
    latest_at timestamptz NOT NULL DEFAULT now(),  -- when something was last added
    closed_at timestamptz,
    holder_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who of the team looks at it just now
    held_until timestamptz
);
CREATE UNIQUE INDEX moderation_case_open ON moderation_case (actor_id) WHERE closed_at IS NULL;
CREATE INDEX moderation_case_waiting ON moderation_case (opened_at, id) WHERE closed_at IS NULL;
CREATE INDEX moderation_case_actor ON moderation_case (actor_id);

ALTER TABLE report ADD COLUMN case_id bigint REFERENCES moderation_case(id) ON DELETE SET NULL;
CREATE INDEX report_case ON report (case_id);

-- Open reports of one person become one case; whom nobody can be found for has one each.
INSERT INTO moderation_case (id, actor_id, actor_name, opened_at, latest_at)
SELECT min(id), target_id, max(target_name), min(created_at), max(created_at)
FROM report WHERE closed_at IS NULL
GROUP BY target_id, CASE WHEN target_id IS NULL THEN id END;
UPDATE report SET case_id = c.id
FROM moderation_case c
WHERE report.closed_at IS NULL
    AND (c.actor_id = report.target_id OR (report.target_id IS NULL AND c.id = report.id));

-- What the team decided, with what it says to the person. Without `effective_at` it waits for a second of the team.
CREATE TABLE moderation_decision (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    kind text NOT NULL CHECK (kind IN ('nothing', 'warn', 'hide', 'limit', 'suspend', 'exclude')),
    post_ids bigint[] NOT NULL DEFAULT '{}',  -- what is hidden
    rule text NOT NULL DEFAULT '',            -- which rule of the cooperative, in its words
    words text NOT NULL DEFAULT '',           -- why, as the person reads it
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    second_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who is asked to confirm it, or did
    seconded_at timestamptz,
    refused_at timestamptz,                   -- the second one said no
    effective_at timestamptz,
    ends_at timestamptz,
    taken_back_at timestamptz,
    taken_back_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    taken_back_words text NOT NULL DEFAULT '',
    CHECK (effective_at IS NULL OR refused_at IS NULL)
);
CREATE INDEX moderation_decision_case ON moderation_decision (case_id);
CREATE INDEX moderation_decision_actor ON moderation_decision (actor_id);
CREATE INDEX moderation_decision_ending ON moderation_decision (ends_at)
    WHERE ends_at IS NOT NULL AND taken_back_at IS NULL;
CREATE INDEX moderation_decision_unconfirmed ON moderation_decision (decided_at)
    WHERE effective_at IS NULL AND refused_at IS NULL;

-- The person objects; somebody who had no part in the decision answers.
CREATE TABLE appeal (
    decision_id bigint PRIMARY KEY REFERENCES moderation_decision(id) ON DELETE CASCADE,
    words text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz,
    outcome text CHECK (outcome IN ('kept', 'taken_back')),
    answer text NOT NULL DEFAULT '',
    CHECK ((decided_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX appeal_waiting ON appeal (made_at) WHERE decided_at IS NULL;

CREATE TABLE moderation_note (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    words text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX moderation_note_case ON moderation_note (case_id);

-- What those who look after the cooperative did: members read role, act, rule and day; the team reads all of it.
CREATE TABLE journal_entry (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,     -- NULL: the platform by itself
    role text CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),  -- as which she did it
    act text NOT NULL,
    about_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- whom it concerns
    rule text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}'                       -- for the team alone
);
CREATE INDEX journal_entry_about ON journal_entry (about_id);
CREATE INDEX journal_entry_by ON journal_entry (by_id);

-- Limited: followers read on, nobody else is shown what she publishes. Excluded: suspended for good.
ALTER TABLE actor ADD COLUMN limited_at timestamptz, ADD COLUMN excluded_at timestamptz;
-- Hidden by the team or held before it was ever published: its author and the team alone read it.
ALTER TABLE post ADD COLUMN hidden_at timestamptz;
CREATE INDEX post_hidden ON post (author_id) WHERE hidden_at IS NOT NULL;

-- First posts of a new member, and what a filter of the cooperative caught, wait for a look.
CREATE TABLE held_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    case_id bigint REFERENCES moderation_case(id) ON DELETE SET NULL,
    reason text NOT NULL CHECK (reason IN ('first', 'filter')),
    matched text NOT NULL DEFAULT '',     -- what the filter found, for the team
    held_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX held_post_case ON held_post (case_id);

-- Somebody asked to join and waits for a yes: she may look around, save and draft.
ALTER TABLE account ADD COLUMN waits_since timestamptz;
CREATE INDEX account_waits ON account (waits_since) WHERE waits_since IS NOT NULL;

ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    DROP CONSTRAINT notification_once,
    ADD COLUMN case_id bigint,
    ADD COLUMN decision_id bigint,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used')),
    ADD CONSTRAINT notification_once UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id, report_id,
        sign_up_id, case_id, decision_id);
