-- A form that is kept by itself is kept often, and may be open in two places: how often it was kept, and in which
-- page. Forms that were left before are at their first version, and no page holds them.
ALTER TABLE listing_draft
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN writer text;  -- the page that typed it last: the same page never makes two drafts
CREATE UNIQUE INDEX listing_draft_writer ON listing_draft (actor_id, writer) WHERE writer IS NOT NULL;

-- A browser that did not hear that a photo arrived sends it again under the same key: it is the same photo.
ALTER TABLE media ADD COLUMN upload_key text;
CREATE UNIQUE INDEX media_upload_key ON media (owner_id, upload_key) WHERE upload_key IS NOT NULL;
