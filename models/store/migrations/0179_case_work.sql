-- What the team does with a case: who took it, gave it back or stepped aside, and why.
CREATE TABLE case_step (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    act text NOT NULL CHECK (act IN ('taken', 'given_back', 'withdrew', 'reopened', 'thread_read')),
    words text NOT NULL DEFAULT '',       -- why, where somebody stepped aside
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX case_step_case ON case_step (case_id);
CREATE INDEX case_step_by ON case_step (by_id);

CREATE INDEX moderation_case_closed ON moderation_case (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX moderation_case_holder ON moderation_case (holder_id) WHERE holder_id IS NOT NULL;

ALTER TABLE moderation_decision
    ADD COLUMN days integer CHECK (days > 0),              -- how long from when it takes effect; NULL: to `ends_at`
    ADD COLUMN refused_words text NOT NULL DEFAULT '',
    ADD COLUMN provisional boolean NOT NULL DEFAULT false, -- hidden only until two have decided what follows
    ADD COLUMN returned_at timestamptz,                    -- whoever was asked did not answer: all of the team are
    ADD COLUMN end_told_at timestamptz,                    -- the person knows that it is over
    -- Opens it for whoever cannot log in; written to her alone:
    ADD COLUMN link_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN answer text NOT NULL DEFAULT '',            -- what those who reported are told
    ADD COLUMN reported boolean NOT NULL DEFAULT true;     -- somebody had reported what it is about
CREATE INDEX moderation_decision_untold ON moderation_decision (ends_at)
    WHERE ends_at IS NOT NULL AND effective_at IS NOT NULL AND taken_back_at IS NULL AND end_told_at IS NULL;
CREATE UNIQUE INDEX moderation_decision_link ON moderation_decision (link_id);
CREATE INDEX moderation_decision_decided_by ON moderation_decision (decided_by);
CREATE INDEX moderation_decision_second ON moderation_decision (second_id);

ALTER TABLE appeal
    ADD COLUMN reminded_at timestamptz,
    ADD COLUMN by_same boolean NOT NULL DEFAULT false;     -- nobody else was there to decide it
CREATE INDEX appeal_decided_by ON appeal (decided_by);
CREATE INDEX moderation_note_author ON moderation_note (author_id);
CREATE INDEX journal_entry_at ON journal_entry (at DESC, id DESC);

-- Reports that were settled before cases existed belong to a decided case each person has.
INSERT INTO moderation_case (id, actor_id, actor_name, opened_at, latest_at, closed_at)
SELECT min(id), target_id, max(target_name), min(created_at), max(created_at), max(closed_at)
FROM report WHERE closed_at IS NOT NULL AND case_id IS NULL
GROUP BY target_id, CASE WHEN target_id IS NULL THEN id END;
UPDATE report SET case_id = c.id
FROM moderation_case c
WHERE report.case_id IS NULL AND c.closed_at IS NOT NULL
    AND (c.actor_id = report.target_id OR (report.target_id IS NULL AND c.id = report.id));

-- One proposal of a case waits for a second of the team at a time.
CREATE UNIQUE INDEX moderation_decision_proposal ON moderation_decision (case_id)
    WHERE effective_at IS NULL AND refused_at IS NULL;
