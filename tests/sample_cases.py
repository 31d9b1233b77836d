"""Cases in each state, for looking at: one to decide, one to confirm, one with an appeal, one that is closed."""

from models.moderation import case_notes, cases
from models.store.database import Connection, execute
from tests.factories import make_remote_actor
from tests.sample_village import Village


async def add_sample_cases(conn: Connection, village: Village) -> None:
    """Cases 11 to 14, with decisions of the same last digit from 22 on."""
    mallory = await make_remote_actor(conn, "mallory", "ailleurs.test", name="Mallory")
    for id, actor in ((11, village.hocine), (12, mallory), (13, village.hocine), (14, village.alice)):
        await execute(
            conn,
            """
            INSERT INTO moderation_case (id, actor_id, actor_name, closed_at)
            VALUES ($1::bigint, $2, '', CASE WHEN $1::bigint > 12 THEN now() END)
            """,
            id,
            actor.id,
        )
    extract = {"uri": village.drill.post.uri, "title": "Perceuse", "text": "Elle traverse la brique."}
    for id, case_id, reporter_id in ((11, 11, village.alice.id), (12, 11, None), (13, 12, None)):
        await execute(
            conn,
            """
            INSERT INTO report (id, target_id, reporter_id, case_id, object_uris, content, local, extracts)
            VALUES ($1, (SELECT actor_id FROM moderation_case WHERE id = $2), $3, $2, '{}', 'Une arnaque.', true, $4)
            """,
            id,
            case_id,
            reporter_id,
            [extract],
        )
    for id, kind, days, effective in ((22, "exclude", None, False), (23, "limit", 14, True), (24, "warn", None, True)):
        await execute(
            conn,
            """
            INSERT INTO moderation_decision (id, case_id, actor_id, kind, rule, words, days, ends_at, effective_at)
            SELECT $1::bigint, id, actor_id, $3::text, 'Annonce trompeuse', 'Ce n’est pas permis ici.', $4::integer,
                now() + make_interval(days => $4::integer), CASE WHEN $5::boolean THEN now() END
            FROM moderation_case WHERE id = $2
            """,
            id,
            id - 10,
            kind,
            days,
            effective,
        )
    await execute(conn, "INSERT INTO appeal (decision_id, words) VALUES (23, 'Je ne suis pas d’accord.')")
    await execute(
        conn,
        "INSERT INTO journal_entry (id, role, act, about_id) VALUES (1, 'moderator', 'limited', $1)",
        village.hocine.id,
    )
    await cases.take(conn, 11, village.admin.id)
    await case_notes.add(conn, 11, village.admin.id, "Appelé, il ne répond pas.")
