"""What waits for the team, kind by kind: the parts of statements that its home and the mark in the bar share.

Each part begins with FROM and says what waits. `$1` is the reader: nothing about herself is hers to settle, and nothing
that she decided, unless she is alone. `$2` are the roles of those who moderate.
"""

from models.store.statements import fragment

SIGN_UPS = "FROM full_sign_up s WHERE NOT s.asked_back"
"""Not those whom the team asked something that they have not answered."""

UNATTENDED = "FROM unattended u WHERE u.until IS NULL"

REPORTS = """
    FROM moderation_case c WHERE c.closed_at IS NULL AND c.actor_id IS DISTINCT FROM $1
        AND NOT EXISTS (SELECT FROM case_step s WHERE s.case_id = c.id AND s.by_id = $1 AND s.act = 'withdrew')
        AND EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.closed_at IS NULL)
        AND NOT EXISTS (SELECT FROM moderation_decision d
            WHERE d.case_id = c.id AND d.effective_at IS NULL AND d.refused_at IS NULL)
"""
"""One for each person who is reported; not where the reader stepped aside, or a decision waits for a second one."""

_WITHDREW = "SELECT FROM case_step s WHERE s.case_id = d.case_id AND s.act = 'withdrew' AND s.by_id ="

_REPORTED = "SELECT FROM report r WHERE r.case_id = d.case_id AND r.local AND r.reporter_id ="

_DECIDED = """
    SELECT FROM moderation_decision o WHERE o.case_id = d.case_id
        AND CASE WHEN o.seconded_at IS NULL AND o.refused_at IS NULL THEN o.decided_by = {who}
            ELSE {who} IN (o.decided_by, o.second_id) END
"""

_ABLE = fragment(
    """
    FROM account m JOIN actor a ON a.id = m.actor_id
    WHERE m.roles && $2 AND m.disabled_at IS NULL AND m.waits_since IS NULL AND a.suspended_at IS NULL
        AND a.deleted_at IS NULL AND m.actor_id <> $1 AND m.actor_id IS DISTINCT FROM d.actor_id
        AND NOT EXISTS ({withdrew} m.actor_id)
    """,
    withdrew=_WITHDREW,
)
"""Others who may decide in the case of a decision (models/moderation/deciders.list_free)."""

APPEALS = fragment(
    """
    FROM appeal p JOIN moderation_decision d ON d.id = p.decision_id
    WHERE p.decided_at IS NULL AND d.actor_id IS DISTINCT FROM $1 AND NOT EXISTS ({withdrew} $1)
        AND ((NOT EXISTS ({mine}) AND NOT EXISTS ({reported} $1))
            OR NOT EXISTS (SELECT {able} AND NOT EXISTS ({theirs}) AND NOT EXISTS ({reported} m.actor_id)))
    """,
    withdrew=_WITHDREW,
    reported=_REPORTED,
    able=_ABLE,
    mine=fragment(_DECIDED, who="$1"),
    theirs=fragment(_DECIDED, who="m.actor_id"),
)
"""Of cases in which the reader had no part: she neither decided nor reported (deciders.list_impartial)."""

DECISIONS = fragment(
    """
    FROM moderation_decision d
    WHERE d.effective_at IS NULL AND d.refused_at IS NULL
        AND d.actor_id IS DISTINCT FROM $1 AND NOT EXISTS ({withdrew} $1)
        AND ((d.decided_by IS DISTINCT FROM $1 AND NOT EXISTS ({reported} $1))
            OR NOT EXISTS (SELECT {able} AND m.actor_id IS DISTINCT FROM d.decided_by
                AND NOT EXISTS ({reported} m.actor_id)))
    """,
    withdrew=_WITHDREW,
    reported=_REPORTED,
    able=_ABLE,
)
"""Those that another one proposed and a second one has to confirm (deciders.list_seconds)."""

HELD_POSTS = """
    FROM held_post h JOIN post p ON p.id = h.post_id WHERE p.deleted_at IS NULL AND p.author_id <> $1
"""

LETTERS = """
    FROM shown_message_request r WHERE r.accepted_at IS NULL
        AND (SELECT value = 'true'::jsonb FROM preference WHERE key = 'strangers_shown')
"""
"""What strangers wrote to members, where the cooperative wants the team to see it too."""

ENDINGS = """
    FROM listing l JOIN post p ON p.id = l.post_id
    WHERE is_open_status(l.status) AND l.expires_at > now() AND l.expires_at < now() + interval '3 days'
        AND p.local AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.audience IN ('network', 'unlisted', 'coop')
        AND p.author_id <> $1
        AND EXISTS (SELECT FROM exchange x WHERE x.listing_id = p.id AND x.last_id > x.owner_read_id)
        AND NOT EXISTS (SELECT FROM agreement g WHERE g.listing_id = p.id AND is_live_state(g.state))
"""
"""Listings of others that end within three days though somebody wrote about them and was not read."""

HOSTS = """
    FROM waiting_host w WHERE is_welcome(w.host)
        AND EXISTS (SELECT FROM waiting_post x WHERE x.host = w.host AND NOT x.wanted)
"""

SERVERS = """
    FROM server s WHERE s.failure IS NOT NULL AND s.level <> 'aside' AND s.paused_at IS NULL
        AND (s.unavailable_since IS NOT NULL OR (s.last_failure_at IS NOT NULL
            AND coalesce(s.last_out_at, '-infinity') < least(s.last_failure_at, now() - interval '1 hour')))
        AND (s.level = 'friend' OR EXISTS (
            SELECT FROM actor theirs JOIN follow f ON f.followed_id = theirs.id
            JOIN actor ours ON ours.id = f.follower_id
            WHERE theirs.host = s.host AND ours.local AND ours.username = 'coop'))
"""
"""Friends, and those that the cooperative follows, that have taken nothing for an hour at least."""

MAILS = "FROM mail m WHERE m.cause IS NOT NULL AND m.created_at > now() - interval '7 days'"

CHORES = "FROM chore_trouble t WHERE t.failures > 1"
"""Those that failed again when they were tried again."""

BACKUP = """
    FROM (
        SELECT max(ended_at) FILTER (WHERE kind = 'backup' AND failure IS NULL) AS made_at,
            max(ended_at) FILTER (WHERE kind = 'backup' AND failure IS NOT NULL) AS failed_at,
            max(ended_at) FILTER (WHERE kind = 'verification' AND failure IS NULL) AS verified_at,
            max(ended_at) FILTER (WHERE kind = 'verification' AND failure IS NOT NULL) AS refuted_at
        FROM backup_run
    ) AS b
    WHERE b.made_at IS NULL OR b.made_at < now() - interval '26 hours'
        OR b.verified_at IS NULL OR b.verified_at < now() - interval '32 days' OR b.refuted_at > b.verified_at
"""
"""One is made each night, and takes its time; one is proven each month (deploy/README.md)."""

DISK_SPACE = "FROM disk_space k"
