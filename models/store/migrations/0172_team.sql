-- Who of the team is on duty in which week, as which role; planned ahead, and handed over to another one of the role.
CREATE TABLE duty (
    week date NOT NULL CHECK (extract(isodow FROM week) = 1),  -- its Monday
    role text NOT NULL CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    from_id bigint REFERENCES account(actor_id) ON DELETE SET NULL,  -- who handed it over to her
    PRIMARY KEY (week, role, actor_id)
);
CREATE INDEX duty_actor ON duty (actor_id);
CREATE INDEX duty_from ON duty (from_id) WHERE from_id IS NOT NULL;

-- How somebody of the team wants to be told of a subject beyond the news on her page; what she never chose is proposed.
CREATE TABLE staff_choice (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'never')),
    PRIMARY KEY (actor_id, kind)
);

-- What is still to be told by telephone and mail; goes with the notification once the thing is settled.
CREATE TABLE staff_alert (
    notification_id bigint PRIMARY KEY REFERENCES notification(id) ON DELETE CASCADE,
    recipient_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL,
    urgent boolean NOT NULL,
    due_at timestamptz NOT NULL,  -- later for those who are not on duty
    pushed_at timestamptz
);
CREATE INDEX staff_alert_recipient ON staff_alert (recipient_id, due_at);
CREATE INDEX staff_alert_due ON staff_alert (due_at);

-- What no mail told of yet is told of now.
INSERT INTO staff_alert (notification_id, recipient_id, kind, urgent, due_at, pushed_at)
SELECT n.id, n.recipient_id, CASE n.type WHEN 'sign_up' THEN 'sign_ups' ELSE 'reports' END, true, now(), now()
FROM notification n JOIN account a ON a.actor_id = n.recipient_id
LEFT JOIN report r ON r.id = n.report_id LEFT JOIN sign_up s ON s.id = n.sign_up_id
WHERE n.type = 'admin.report' AND r.closed_at IS NULL AND r.mailed_at IS NULL
    OR n.type = 'sign_up' AND s.mailed_at IS NULL;

-- Mails are so and so far apart for each person now, over all subjects.
DROP TABLE staff_mailing;
CREATE TABLE staff_mailing (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    at timestamptz NOT NULL
);
CREATE INDEX staff_mailing_actor ON staff_mailing (actor_id, at);

ALTER TABLE report DROP COLUMN mailed_at;
ALTER TABLE sign_up DROP COLUMN mailed_at;

CREATE INDEX notification_of_case ON notification (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX notification_of_decision ON notification (decision_id) WHERE decision_id IS NOT NULL;

-- What no app shows is not read because an app was read up to there: by what apps show, so that new types need no word.
CREATE OR REPLACE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND (n.type NOT IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite',
                'poll', 'update', 'quote', 'admin.report', 'admin.sign_up', 'repair_call')
            OR n.id > coalesce((SELECT last_read_id FROM marker
                WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0)) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND (
        EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id)
        OR EXISTS (SELECT FROM thanks t WHERE t.post_id = n.post_id AND t.thanked_id = n.recipient_id)
        OR EXISTS (SELECT FROM exchange_notice x WHERE x.post_id = n.post_id)));
