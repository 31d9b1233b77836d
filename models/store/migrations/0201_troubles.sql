-- What waits of the machinery, or of strangers, for longer than it should is told to those who settle it.
ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue'));

-- Looked at every few minutes, so that nobody is told of what is settled.
CREATE INDEX notification_trouble ON notification (type)
    WHERE type IN ('letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue');
