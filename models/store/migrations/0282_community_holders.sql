-- Cooperatives that hold a community together with its home: asked by it, and answered by the team of each. Here the
-- cooperative is our own actor where the community is elsewhere, and another one where its home is here.
CREATE TABLE community_holder (
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    cooperative_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('asked', 'held', 'declined', 'ended')),
    uri text NOT NULL,                          -- the Invite by which it was asked
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    answered_by bigint REFERENCES actor(id) ON DELETE SET NULL,     -- who of our team answered
    since timestamptz NOT NULL DEFAULT now(),   -- in this state
    PRIMARY KEY (community_id, cooperative_id)
);
CREATE INDEX community_holder_cooperative ON community_holder (cooperative_id);
CREATE INDEX community_holder_uri ON community_holder (uri);
CREATE INDEX community_holder_asked_by ON community_holder (asked_by);
CREATE INDEX community_holder_answered_by ON community_holder (answered_by);

-- Members who agreed that these cooperatives know them, to ask them where the community opens anew.
ALTER TABLE membership ADD COLUMN kept boolean NOT NULL DEFAULT false;

ALTER TABLE community_decision
    DROP CONSTRAINT community_decision_kind_check,
    ADD CONSTRAINT community_decision_kind_check CHECK (kind IN ('created', 'edited', 'charter', 'asked', 'approved',
        'joined', 'refused', 'invited', 'declined', 'left', 'removed', 'expired', 'member', 'moderator', 'manager',
        'unmanaged', 'ended', 'hold_asked', 'held', 'hold_declined', 'hold_ended', 'moved', 'opened_anew'));

-- The team of a cooperative that is asked; those who manage the community, of its answer.
ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
        'saved_search', 'match', 'reserve_next', 'listing_ended', 'community_asked', 'community_accepted',
        'community_refused', 'community_invited', 'community_charter', 'community_removed', 'community_role',
        'community_unmanaged', 'community_hold_asked', 'community_hold_answered', 'community_moved'));
