-- Has a member read this private note in one of her apps, where it stands in a conversation?
CREATE FUNCTION was_read_in_an_app(post_id bigint, reader_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM conversation_post cp JOIN conversation c ON c.id = cp.conversation_id
        WHERE cp.post_id = $1 AND c.owner_id = $2 AND NOT c.unread)
$$;
