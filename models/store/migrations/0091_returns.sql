-- A server that comes back: when all that waited for it became due, and when a few deliveries asked whether it is there.
ALTER TABLE server ADD COLUMN woken_at timestamptz, ADD COLUMN sounded_at timestamptz;

-- What is written to one person alone waits for nothing that is said to everybody: it has a lane of its own. Of one
-- object everything is in the same lane, whatever is done to it, so that it arrives in its order.
CREATE FUNCTION is_private_word(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a
        WHERE a.id = $1 AND NOT a.public AND (
            -- What somebody asks, answers or reports about an agreement is kept under its own id.
            a.object_uri = a.uri
            OR a.type IN ('Create', 'Update', 'Delete') AND EXISTS (
                SELECT FROM post p WHERE p.uri = a.object_uri AND p.local AND p.audience = 'direct')))
$$;

ALTER TABLE delivery ADD COLUMN private boolean NOT NULL DEFAULT false;
UPDATE delivery SET private = true WHERE state IN ('waiting', 'held', 'failed') AND is_private_word(activity_id);
DROP INDEX delivery_lane;
CREATE INDEX delivery_lane ON delivery (host, actor_id, private, id) WHERE state = 'waiting';
