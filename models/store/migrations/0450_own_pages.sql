-- Pages that a cooperative writes itself. What each said stands with the charter's versions, under 'page:ID'.
CREATE TABLE own_page (
    id bigint PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    language text NOT NULL,            -- that of its text
    placed text NOT NULL DEFAULT 'footer' CHECK (placed IN ('menu', 'footer', 'nowhere')),
    position integer NOT NULL DEFAULT 0,
    shown_version integer,             -- what everybody reads; NULL: nothing yet, or no longer
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE document_version ADD COLUMN title text NOT NULL DEFAULT '';  -- of an own page
ALTER TABLE document_version DROP CONSTRAINT document_version_kind_check;
ALTER TABLE document_version ADD CONSTRAINT document_version_kind_check
    CHECK (kind IN ('charter', 'terms') OR kind ~ '^page:[0-9]+$');
