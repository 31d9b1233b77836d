"""What waits for the team, kind by kind: the parts of statements that its home and the mark in the bar share.

Each part begins with FROM and says what waits for `{reader}`: what concerns her is not hers to settle, and the rest as
`models/moderation/deciders` says. `$2` are the roles of those who moderate.
"""

from models.moderation.deciders import ANSWERING, HERS, SECONDS
from models.store.statements import fragment

SIGN_UPS = "FROM full_sign_up s WHERE NOT s.asked_back"
"""Not those whom the team asked something that they have not answered."""

UNATTENDED = "FROM unattended u WHERE u.until IS NULL"

_NOT_ABOUT_HER = "NOT EXISTS (SELECT FROM concerned x WHERE x.about_id = {about_id} AND x.actor_id = {reader})"

_NO_PART = "NOT EXISTS (SELECT FROM case_part p WHERE p.case_id = d.case_id AND p.actor_id = {reader})"
"""Then she may do all about a decision, and nobody else is looked for."""

REPORTS = fragment(
    """
    FROM moderation_case c WHERE c.closed_at IS NULL AND {not_about_her} AND {hers}
        AND EXISTS (SELECT FROM report r WHERE r.case_id = c.id AND r.closed_at IS NULL)
        AND NOT EXISTS (SELECT FROM moderation_decision d
            WHERE d.case_id = c.id AND d.effective_at IS NULL AND d.refused_at IS NULL)
    """,
    not_about_her=fragment(_NOT_ABOUT_HER, about_id="c.actor_id"),
    hers=fragment(HERS, case_id="c.id"),
)
"""One for each person who is reported; not where the reader stepped aside, or a decision waits for a second one."""

APPEALS = fragment(
    """
    FROM appeal w JOIN moderation_decision d ON d.id = w.decision_id
    WHERE w.decided_at IS NULL AND ({no_part} OR {reader} IN ({answering}))
    """,
    no_part=_NO_PART,
    answering=fragment(ANSWERING, case_id="d.case_id"),
)
"""Those that are hers to answer."""

_PROPOSED = """
    FROM moderation_decision d WHERE d.effective_at IS NULL AND d.refused_at IS NULL
"""

_SECONDS = fragment(SECONDS, case_id="d.case_id", proposer_id="d.decided_by")

CONFIRMATIONS = fragment(
    "{proposed} AND ({no_part} OR {reader} IN ({seconds}))", proposed=_PROPOSED, no_part=_NO_PART, seconds=_SECONDS
)
"""Decisions that are hers to confirm: another one proposed them."""

DECISIONS = fragment(
    """
    {proposed} AND ({no_part} OR {reader} IN ({seconds})
        OR (d.decided_by = {reader} AND NOT EXISTS ({seconds})))
    """,
    proposed=_PROPOSED,
    no_part=_NO_PART,
    seconds=_SECONDS,
)
"""The same, and what she proposed herself where nobody is left to confirm it."""

HELD_POSTS = fragment(
    """
    FROM held_post h JOIN post p ON p.id = h.post_id WHERE p.deleted_at IS NULL AND {not_about_her} AND {hers}
    """,
    not_about_her=fragment(_NOT_ABOUT_HER, about_id="p.author_id"),
    hers=fragment(HERS, case_id="h.case_id"),
)

LETTERS = """
    FROM shown_message_request r WHERE r.accepted_at IS NULL
        AND (SELECT value = 'true'::jsonb FROM preference WHERE key = 'strangers_shown')
"""
"""What strangers wrote to members, where the cooperative wants the team to see it too."""

ENDINGS = """
    FROM listing l JOIN post p ON p.id = l.post_id
    WHERE is_open_status(l.status) AND l.expires_at > now() AND l.expires_at < now() + interval '3 days'
        AND p.local AND p.deleted_at IS NULL AND p.hidden_at IS NULL AND p.audience IN ('network', 'unlisted', 'coop')
        AND p.author_id <> {reader}
        AND EXISTS (SELECT FROM exchange x WHERE x.listing_id = p.id AND x.last_id > x.owner_read_id)
        AND NOT EXISTS (SELECT FROM agreement g WHERE g.listing_id = p.id AND is_live_state(g.state))
"""
"""Listings of others that end within three days though somebody wrote about them and was not read."""

REPAIR_SHOPS = """
    FROM repair_shop_request q WHERE q.state = 'asked' AND NOT EXISTS (SELECT FROM repair_collective)
"""
"""Shops that ask the team to appear; where a collective decides nothing waits here."""

DUES = """
    FROM dues d JOIN account a ON a.actor_id = d.member_id JOIN actor p ON p.id = d.member_id
    WHERE d.valid_until < (now() AT TIME ZONE 'Europe/Paris')::date
        AND d.valid_until >= (now() AT TIME ZONE 'Europe/Paris')::date - 60
        AND (SELECT value = 'true'::jsonb FROM preference WHERE key = 'dues')
        AND p.type = 'Person' AND NOT a.authority AND NOT a.passing AND a.waits_since IS NULL
        AND a.disabled_at IS NULL AND p.deleted_at IS NULL AND p.moved_to IS NULL
        AND NOT EXISTS (SELECT FROM departure x WHERE x.actor_id = d.member_id)
"""
"""Dues that ended lately, where the cooperative asks for them: of what ended long ago the list alone tells."""

NEIGHBOURS = """
    FROM friendship n WHERE n.state IN ('met', 'asked', 'ended') AND (n.state <> 'met' OR (
        EXISTS (SELECT FROM follow f JOIN actor ours ON ours.id = f.followed_id
            WHERE f.follower_id = n.actor_id AND f.state = 'accepted' AND ours.local)
        AND NOT EXISTS (SELECT FROM actor them JOIN actor theirs ON theirs.host = them.host
            JOIN follow f ON f.followed_id = theirs.id JOIN actor ours ON ours.id = f.follower_id
            WHERE them.id = n.actor_id AND ours.local AND ours.username = 'coop')))
        AND EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.deleted_at IS NULL AND a.suspended_at IS NULL)
"""
"""Cooperatives that follow ours and are not followed back, propose to be friends, or ended it."""

TERRITORIES = "FROM territory_proposal t WHERE t.state = 'waiting'"
"""What members propose the cooperative to follow."""

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

MADE_WITHIN = "interval '26 hours'"
"""A backup is made each night, and takes its time (deploy/README.md)."""

PROVEN_WITHIN = "interval '32 days'"
"""One is proven each month."""

BACKUP = fragment(
    """
    FROM (
        SELECT max(ended_at) FILTER (WHERE kind = 'backup' AND failure IS NULL) AS made_at,
            max(ended_at) FILTER (WHERE kind = 'backup' AND failure IS NOT NULL) AS failed_at,
            max(ended_at) FILTER (WHERE kind = 'verification' AND failure IS NULL) AS verified_at,
            max(ended_at) FILTER (WHERE kind = 'verification' AND failure IS NOT NULL) AS refuted_at,
            max(ended_at) FILTER (WHERE kind = 'copy' AND failure IS NOT NULL) AS uncopied_at,
            min(ended_at) FILTER (WHERE kind = 'copy' AND failure IS NOT NULL AND NOT EXISTS (
                SELECT FROM backup_run later WHERE later.kind = 'copy' AND later.folder = backup_run.folder
                    AND later.failure IS NULL AND later.id > backup_run.id)) AS uncopied_since,
            max(ended_at) FILTER (WHERE kind = 'removal' AND failure IS NOT NULL) AS unremoved_at,
            min(ended_at) FILTER (WHERE kind = 'removal' AND failure IS NOT NULL AND NOT EXISTS (
                SELECT FROM backup_run later WHERE later.kind = 'removal' AND later.folder = backup_run.folder
                    AND later.failure IS NULL AND later.id > backup_run.id)) AS unremoved_since
        FROM backup_run
    ) AS b
    WHERE b.made_at IS NULL OR b.made_at < now() - {made_within}
        OR b.verified_at IS NULL OR b.verified_at < now() - {proven_within} OR b.refuted_at > b.verified_at
        OR b.uncopied_at > b.made_at OR b.unremoved_at > b.made_at
    """,
    made_within=MADE_WITHIN,
    proven_within=PROVEN_WITHIN,
)
"""The backups, where one is missing, too old, proved to be bad, or did not arrive where it was copied to, or where
old ones could not go."""

FIGURES = "FROM figure_difference f WHERE f.seen_at IS NULL"
"""Sums of closed months that were not what was counted again."""

DISK_SPACE = "FROM disk_space k"

HEALTH = "FROM machine_trouble h WHERE h.well_at IS NULL"
"""What a look at the machine found wrong, of what nothing else here tells."""
