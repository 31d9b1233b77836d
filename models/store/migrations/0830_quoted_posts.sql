-- What quotes a post is found when it goes, whatever was said to it: each deletion of a post read all quotes.
CREATE INDEX CONCURRENTLY quote_of ON quote (quoted_id) WHERE quoted_id IS NOT NULL;
