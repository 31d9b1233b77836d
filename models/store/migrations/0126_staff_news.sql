-- What those who look after the cooperative are told of: reports, requests to join, newcomers, cooperatives that follow.
ALTER TABLE notification
    ADD COLUMN report_id bigint REFERENCES report ON DELETE CASCADE,
    ADD COLUMN sign_up_id bigint REFERENCES sign_up ON DELETE CASCADE;  -- goes with the request, once it is answered
ALTER TABLE notification DROP CONSTRAINT notification_recipient_id_type_actor_id_post_id_key;
ALTER TABLE notification ADD CONSTRAINT notification_once
    UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id, report_id, sign_up_id);
CREATE INDEX notification_report ON notification (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX notification_sign_up ON notification (sign_up_id) WHERE sign_up_id IS NOT NULL;
ALTER TABLE notification DROP CONSTRAINT notification_type_check;
ALTER TABLE notification ADD CONSTRAINT notification_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'move', 'quote',
     'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow', 'report_settled', 'repair_call'));

ALTER TABLE sign_up
    ADD COLUMN mailed_at timestamptz,
    ADD COLUMN reminded_at timestamptz;

-- Who said yes or no to whom, so that the others know; forgotten after a month.
CREATE TABLE answered_sign_up (
    id bigint PRIMARY KEY,              -- the request's
    name text NOT NULL,
    username text NOT NULL,
    welcome boolean NOT NULL,
    answered_by bigint REFERENCES actor ON DELETE SET NULL,
    answered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX answered_sign_up_at ON answered_sign_up (answered_at DESC, id DESC);

-- When mails of each kind last went to the team: what comes within the hour goes into one.
CREATE TABLE staff_mailing (
    kind text PRIMARY KEY,
    at timestamptz NOT NULL
);
