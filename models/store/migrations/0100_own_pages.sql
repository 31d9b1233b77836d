-- What answered a page of ours by the page's address was tied to nothing: it answers what the page shows, and what
-- stands below it is of the same thread.

WITH tied AS (
    UPDATE post SET in_reply_to_uri = answered.uri, in_reply_to_id = answered.id,
        root_id = coalesce(answered.root_id, answered.id)
    FROM post answered
    WHERE NOT post.local AND post.in_reply_to_id IS NULL AND post.in_reply_to_uri = answered.url
        AND answered.local AND answered.uri <> answered.url AND answered.id <> post.id
    RETURNING post.id, post.root_id
)
UPDATE post SET root_id = tied.root_id FROM tied WHERE post.root_id = tied.id AND post.id <> tied.id;
