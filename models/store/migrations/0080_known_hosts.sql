-- What hosts that nobody here knows publish waits: it can be opened by its address, and stands in no list.

-- Whom somebody here chose to know: followed, written to or answered, agreed with, or let in by an administrator. What
-- is decided about a host (friend, guest) and what the directory says of it stands in `server` and `territory`.
CREATE TABLE known_host (
    host text PRIMARY KEY,
    why text NOT NULL CHECK (why IN ('followed', 'answered', 'admitted')),
    since timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION is_known(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM known_host k WHERE k.host = $1)
        OR EXISTS (SELECT FROM server s WHERE s.host = ANY (domains_of($1)) AND (s.level = 'friend' OR s.listed))
        OR EXISTS (SELECT FROM territory t WHERE t.host = $1 AND t.accepted_at IS NOT NULL)
        OR EXISTS (SELECT FROM territory_vouch v JOIN server s ON s.host = v.voucher AND s.level = 'friend'
            WHERE v.host = $1 AND NOT EXISTS (SELECT FROM territory t WHERE t.host = $1 AND t.removed_at IS NOT NULL))
$$;

-- A post that would stand in public lists, were its host known. Its audience is narrowed meanwhile (`unlisted` instead
-- of `network`, `followers` instead of `territories`), so that every list leaves it out without asking.
CREATE TABLE waiting_post (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    host text NOT NULL,
    domain text NOT NULL,               -- registrable (models/domains): limits count for it
    audience text NOT NULL,             -- what it gets when its host is let in
    wanted boolean NOT NULL,            -- somebody here asked for it, or is named in it: it stays, and asks nobody
    since timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX waiting_post_host ON waiting_post (host);
CREATE INDEX waiting_post_domain ON waiting_post (domain, since) WHERE NOT wanted;
CREATE INDEX waiting_post_since ON waiting_post (since) WHERE NOT wanted;

-- The host itself: who was told, who has seen it, and what was not kept any more.
CREATE TABLE waiting_host (
    host text PRIMARY KEY,
    domain text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,                -- the mail to administrators that names it
    seen_at timestamptz,                -- an administrator opened the page that shows it
    refused integer NOT NULL DEFAULT 0,
    refused_at timestamptz,
    refused_why text CHECK (refused_why IN ('hour', 'domain', 'all', 'long'))
);
CREATE INDEX waiting_host_domain ON waiting_host (domain);

-- Everything that waits of one host stands from now on, in its place among what came then. How much it was.
CREATE FUNCTION let_stand(host text) RETURNS integer LANGUAGE sql AS $$
    DELETE FROM waiting_host w WHERE w.host = $1;
    WITH freed AS (DELETE FROM waiting_post w WHERE w.host = $1 RETURNING post_id, audience),
        stands AS (UPDATE post p SET audience = f.audience FROM freed f WHERE p.id = f.post_id RETURNING p.id)
    SELECT count(*)::integer FROM stands
$$;

CREATE FUNCTION stand_when_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM let_stand(NEW.host);
    RETURN NULL;
END
$$;
CREATE TRIGGER known_host_stands AFTER INSERT ON known_host FOR EACH ROW EXECUTE FUNCTION stand_when_known();

-- Somebody here follows, or asked to follow, somebody there.
CREATE FUNCTION know_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT a.host, 'followed' FROM actor a
    WHERE a.id = NEW.followed_id AND NOT a.local
        AND EXISTS (SELECT FROM actor ours WHERE ours.id = NEW.follower_id AND ours.local)
        AND NOT EXISTS (SELECT FROM known_host k WHERE k.host = a.host)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_makes_known AFTER INSERT ON follow FOR EACH ROW EXECUTE FUNCTION know_followed();

-- Somebody here wrote to somebody there, or answered.
CREATE FUNCTION know_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT DISTINCT a.host, 'answered' FROM actor a
    WHERE NOT a.local AND a.id IN (
            SELECT m.actor_id FROM mention m WHERE m.post_id = NEW.id
            UNION ALL SELECT p.author_id FROM post p WHERE p.id = NEW.in_reply_to_id)
        AND NOT EXISTS (SELECT FROM known_host k WHERE k.host = a.host)
    ORDER BY a.host
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER post_makes_known AFTER INSERT ON post FOR EACH ROW WHEN (NEW.local AND NEW.kind <> 'notice')
    EXECUTE FUNCTION know_answered();

-- Somebody here put terms before somebody there, or both said yes.
CREATE FUNCTION know_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT theirs.host, 'answered' FROM actor theirs, actor ours
    WHERE theirs.id IN (NEW.owner_id, NEW.partner_id) AND NOT theirs.local
        AND ours.id IN (NEW.owner_id, NEW.partner_id) AND ours.local
        AND (NEW.proposed_by = ours.id OR NEW.state = 'agreed')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER request_makes_known AFTER INSERT ON agreement FOR EACH ROW EXECUTE FUNCTION know_agreed();
CREATE TRIGGER agreement_makes_known AFTER UPDATE OF state ON agreement FOR EACH ROW
    WHEN (NEW.state IN ('countered', 'agreed')) EXECUTE FUNCTION know_agreed();

-- Whom people here knew until now. What stands already goes on standing, whoever sent it: nothing that people saw
-- yesterday is gone after an update. What unknown hosts send from now on waits.
INSERT INTO known_host (host, why, since)
SELECT a.host, 'followed', min(f.created_at) FROM follow f
JOIN actor a ON a.id = f.followed_id JOIN actor ours ON ours.id = f.follower_id
WHERE NOT a.local AND ours.local AND f.state IN ('accepted', 'pending') GROUP BY a.host;

INSERT INTO known_host (host, why, since)
SELECT a.host, 'answered', min(met.at) FROM (
    SELECT m.actor_id, p.received_at AS at FROM post p JOIN mention m ON m.post_id = p.id
    WHERE p.local AND p.kind <> 'notice'
    UNION ALL
    SELECT parent.author_id, p.received_at FROM post p JOIN post parent ON parent.id = p.in_reply_to_id
    WHERE p.local AND p.kind <> 'notice'
    UNION ALL
    SELECT one.id, g.created_at FROM agreement g CROSS JOIN LATERAL (VALUES (g.owner_id), (g.partner_id)) AS one (id)
    WHERE g.agreed_at IS NOT NULL
        OR EXISTS (SELECT FROM actor ours WHERE ours.id = g.proposed_by AND ours.local)
) AS met JOIN actor a ON a.id = met.actor_id
WHERE NOT a.local GROUP BY a.host
ON CONFLICT DO NOTHING;
