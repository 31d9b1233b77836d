-- Who leads a community leaves something inside as it is. A report that names more than that waits for the rest: what
-- else stays inside for who leads there, and all other things for the team of the cooperative.
CREATE TABLE community_report_answer (
    report_id bigint NOT NULL REFERENCES report(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (report_id, post_id)
);
CREATE INDEX community_report_answer_post ON community_report_answer (post_id);
