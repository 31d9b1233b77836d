-- The UUID at the end of our own pages (/annonces/UUID, /@NAME/UUID): some clients take it for the status's id.
CREATE INDEX post_page ON post (right(url, 36)) WHERE local AND deleted_at IS NULL;
