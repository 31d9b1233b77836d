-- The home of the cooperative counts the last weeks, and names who looks after it: of ten years and thousands of
-- members only those are read.
CREATE INDEX account_team ON account (actor_id) WHERE roles <> '{}';
CREATE INDEX account_created ON account (created_at);
CREATE INDEX agreement_agreed ON agreement (agreed_at) WHERE agreed_at IS NOT NULL;
CREATE INDEX agreement_done ON agreement (ended_at) WHERE state = 'done';
