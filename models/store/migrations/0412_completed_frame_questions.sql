-- A friend's server that was told yes asks again at once, with the address of who asks: both are one question. The id
-- of the second is kept beside that of the first, so that it too is answered alike when it comes again.
ALTER TABLE frame_question ADD COLUMN completed_by text;
CREATE UNIQUE INDEX frame_question_completed ON frame_question (host, completed_by) WHERE completed_by IS NOT NULL;
