-- Which notifications were read, from the oldest on.
CREATE INDEX CONCURRENTLY notification_read ON notification (id) WHERE read_at IS NOT NULL;
-- Whoever is forgotten is looked for in all that names her: what is withdrawn or private, and what the team did.
CREATE INDEX CONCURRENTLY post_writer ON post (author_id);
CREATE INDEX CONCURRENTLY activity_actor ON activity (actor_id);
CREATE INDEX CONCURRENTLY report_closed_by ON report (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX CONCURRENTLY answered_sign_up_by ON answered_sign_up (answered_by) WHERE answered_by IS NOT NULL;
CREATE INDEX CONCURRENTLY moderation_decision_taken_back_by ON moderation_decision (taken_back_by)
    WHERE taken_back_by IS NOT NULL;
CREATE INDEX CONCURRENTLY points_movement_by ON points_movement (by_id) WHERE by_id IS NOT NULL;
CREATE INDEX CONCURRENTLY repair_import_made_by ON repair_import (made_by) WHERE made_by IS NOT NULL;
CREATE INDEX CONCURRENTLY repair_import_item_member ON repair_import_item (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX CONCURRENTLY account_note_target ON account_note (target_id);
