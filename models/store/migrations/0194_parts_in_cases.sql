-- Whom something about a person concerns too: whoever runs a place has a part in what is said about it.
CREATE VIEW concerned AS
    SELECT actor_id AS about_id, actor_id FROM account
    UNION ALL SELECT place_id, actor_id FROM place_keeper;
COMMENT ON VIEW concerned IS 'Of what is about somebody (about_id), who of the team may neither see nor settle it';

CREATE VIEW case_part AS
    SELECT c.id AS case_id, x.actor_id, 'about' AS part
    FROM moderation_case c JOIN concerned x ON x.about_id = c.actor_id
    UNION ALL SELECT case_id, by_id, 'withdrew' FROM case_step WHERE act = 'withdrew' AND by_id IS NOT NULL
    UNION ALL SELECT case_id, reporter_id, 'reported' FROM report
    WHERE local AND reporter_id IS NOT NULL AND case_id IS NOT NULL
    UNION ALL SELECT case_id, decided_by, 'decided' FROM moderation_decision WHERE decided_by IS NOT NULL
    UNION ALL SELECT case_id, second_id, 'decided' FROM moderation_decision
    WHERE second_id IS NOT NULL AND (seconded_at IS NOT NULL OR refused_at IS NOT NULL);
COMMENT ON VIEW case_part IS 'Who has which part in a case; what she may not do for it: models/moderation/deciders';

-- When whoever reported said something last: what she adds to an older report was not read with it.
ALTER TABLE report ADD COLUMN said_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE report SET said_at = created_at;

-- By the latest act in a case one knows whether somebody did something meanwhile.
CREATE INDEX journal_entry_case ON journal_entry ((details ->> 'case_id'), id) WHERE details ? 'case_id';

-- An app sends nothing of what it showed: it is kept what of a person's reports whoever uses it has read.
CREATE TABLE report_reading (
    reader_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- whom the reports are about
    said_at timestamptz NOT NULL,    -- up to here
    seen bigint NOT NULL,            -- the latest entry of the journal about her by then
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (reader_id, actor_id)
);
CREATE INDEX report_reading_actor ON report_reading (actor_id);
CREATE INDEX report_reading_old ON report_reading (read_at);

-- Of a proposal that nobody answers the team is told again and again.
ALTER TABLE moderation_decision ADD COLUMN reminded_at timestamptz;

-- Whom no message could tell that the whole talk was opened.
ALTER TABLE case_step ADD COLUMN untold_ids bigint[] NOT NULL DEFAULT '{}';
