-- What came out for somebody who walked in: the line of the agenda is forgotten a month later, the result is not, and
-- says nothing of whose bike it was.
ALTER TABLE walk_in ADD COLUMN result_id bigint REFERENCES repair_result(id) ON DELETE SET NULL;
CREATE INDEX walk_in_result ON walk_in (result_id) WHERE result_id IS NOT NULL;
