-- Members of communities, and whoever asks to come in, are told what concerns them; the team of one that nobody
-- manages.
ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
        'saved_search', 'match', 'reserve_next', 'listing_ended', 'community_asked', 'community_accepted',
        'community_refused', 'community_invited', 'community_charter', 'community_removed', 'community_role',
        'community_unmanaged'));
