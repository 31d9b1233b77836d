"""THE rule of who reads what stays inside a community, for every statement that asks for whom a post is."""

READS_INSIDE = """
    (EXISTS (SELECT FROM insider i WHERE i.community_id = p.community_id AND i.actor_id = {reader})
    AND (p.author_id = p.community_id OR NOT (p.local OR (SELECT c.local FROM actor c WHERE c.id = p.community_id))
        OR EXISTS (SELECT FROM insider i WHERE i.community_id = p.community_id AND i.actor_id = p.author_id)))
"""
"""Whether `{reader}` reads the post `p` because she is in its community; and, as far as this server knows who is in it,
its author still is: what somebody shared who left is nobody's but hers. What the community itself says is its members'.

Written into each statement and no function of the database: called for each row, that costs twenty times as much.
"""
