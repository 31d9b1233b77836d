-- Who leads a community hides there what was reported, with a reason; its moderators, and who wrote it, are told.
CREATE TABLE community_hiding (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    hidden_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    reason text NOT NULL,
    hidden_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_hiding_by ON community_hiding (hidden_by);
CREATE INDEX community_hiding_community ON community_hiding (community_id, post_id);

ALTER TABLE community_decision
    DROP CONSTRAINT community_decision_kind_check,
    ADD CONSTRAINT community_decision_kind_check CHECK (kind IN ('created', 'edited', 'charter', 'asked', 'approved',
        'joined', 'refused', 'invited', 'declined', 'left', 'removed', 'expired', 'member', 'moderator', 'manager',
        'unmanaged', 'ended', 'hold_asked', 'held', 'hold_declined', 'hold_ended', 'moved', 'opened_anew', 'hidden',
        'shown', 'dismissed'));

ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
        'saved_search', 'match', 'reserve_next', 'listing_ended', 'community_asked', 'community_accepted',
        'community_refused', 'community_invited', 'community_charter', 'community_removed', 'community_role',
        'community_unmanaged', 'community_hold_asked', 'community_hold_answered', 'community_moved',
        'community_report', 'community_hidden', 'community_shown'));
