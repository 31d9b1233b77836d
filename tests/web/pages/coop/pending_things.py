"""One more of each thing that may wait for the team, written into the database; each call adds one."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from models import preferences
from models.ids import make_id
from models.moderation import reports
from models.moderation.reports import NewReport
from models.moments import PARIS
from models.people import sign_ups
from models.people.dues import dues
from models.people.sign_ups import NewSignUp
from models.repairs.shops import requests
from models.servers import friendships, territory_proposals, waiting_posts
from models.store import backup_runs, disk_space, health_troubles
from models.store.background import periodic_tasks
from models.store.database import Connection, execute, fetch_value
from models.store.disk_space import MEGABYTE, DiskSpace
from tests.factories import make_follow, make_listing, make_local_actor, make_note, make_remote_actor
from tests.repair_shops import make_shop
from tests.sample_village import Village

Add = Callable[[Connection, Village], Awaitable[None]]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

NAMES = ("Rachid", "Claire", "Fatou", "Bertrand", "Inès")


async def add_sign_up(conn: Connection, village: Village) -> None:
    """Rachid asks, then Claire, then others."""
    place = await fetch_value(conn, "SELECT count(*) FROM sign_up")
    await sign_ups.save(
        conn,
        NewSignUp(
            username=f"neuf{place}",
            email=f"neuf{place}@example.org",
            password_hash="",
            name=NAMES[place],
            language="fr",
            commune_code=None,
        ),
    )


async def add_absence(conn: Connection, village: Village) -> None:
    """Nobody looked after who comes in for a while."""
    await execute(conn, "INSERT INTO unattended (since) VALUES (now() - interval '3 days')")


async def report(
    conn: Connection, target_id: int, *, title: str = "", local: bool = True, name: str = "Hocine"
) -> None:
    """Somebody is reported."""
    extracts = [{"uri": "x", "title": title, "text": ""}] if title else []
    new = NewReport(
        uri=None,
        reporter_id=None,
        target_id=target_id,
        object_uris=[],
        content="Non.",
        local=local,
        extracts=extracts,
        target_name=name,
    )
    await reports.save(conn, new)


async def add_report(conn: Connection, village: Village) -> None:
    """Hocine is reported for a listing, then others."""
    known = await fetch_value(conn, "SELECT count(*) FROM moderation_case")
    target = village.hocine if not known else await make_local_actor(conn, f"autre{known}")
    await report(conn, target.id, title="Vends cigarettes")


async def add_decision(
    conn: Connection, about_id: int, *, by: int | None = None, kind: str = "exclude", effective: bool = False
) -> int:
    """The team decided about somebody, or one of it proposed to."""
    case_id, id = make_id(), make_id()
    await execute(
        conn,
        "INSERT INTO moderation_case (id, actor_id, closed_at) VALUES ($1, $2, now())",
        case_id,
        about_id,
    )
    await execute(
        conn,
        """
        INSERT INTO moderation_decision (id, case_id, actor_id, kind, decided_by, effective_at)
        VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END)
        """,
        id,
        case_id,
        about_id,
        kind,
        by,
        effective,
    )
    return id


async def add_proposal(conn: Connection, village: Village) -> None:
    """Somebody of before proposed to exclude Hocine."""
    await add_decision(conn, village.hocine.id)


async def add_appeal(conn: Connection, village: Village) -> None:
    """Hocine objects to a decision of somebody of before."""
    decision_id = await add_decision(conn, village.hocine.id, kind="suspend", effective=True)
    await execute(conn, "INSERT INTO appeal (decision_id, words) VALUES ($1, 'Non.')", decision_id)


async def add_held_post(conn: Connection, village: Village) -> None:
    """Hocine's first listing waits."""
    listing = await make_listing(conn, village.hocine, title="Brouette")
    await execute(conn, "INSERT INTO held_post (post_id, reason) VALUES ($1, 'first')", listing.id)


async def add_letter(conn: Connection, village: Village) -> None:
    """A stranger writes to Alice, and the team sees it too."""
    await execute(
        conn,
        """
        INSERT INTO preference (key, value) VALUES ('strangers_shown', 'true'::jsonb)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """,
    )
    id = make_id()
    stranger = await make_remote_actor(conn, f"eve{id}", "inconnu.test")
    await execute(
        conn,
        """
        INSERT INTO message_request (id, reader_id, author_id, uri, url, kind, private, text)
        VALUES ($1, $2, $3, $4, '', 'note', true, 'Bonjour')
        """,
        id,
        village.alice.id,
        stranger.id,
        f"https://inconnu.test/{id}",
    )


async def add_ending(conn: Connection, village: Village) -> None:
    """Alice's listing ends tomorrow, and Hocine's question about it was not read."""
    listing = await make_listing(conn, village.alice, title="Remorque")
    await execute(conn, "UPDATE listing SET expires_at = now() + interval '1 day' WHERE post_id = $1", listing.id)
    await ask(conn, listing.id, village)


async def add_ended_dues(conn: Connection, village: Village) -> None:
    """The cooperative asks for dues, and those of one member more ended yesterday."""
    await preferences.write(conn, {"dues": True})
    members = [village.alice, village.hocine]
    unpaid = [one for one in members if await dues.find(conn, one.id) is None]
    await dues.save(conn, unpaid[0].id, until=datetime.now(PARIS).date() - timedelta(days=1))


async def ask(conn: Connection, listing_id: int, village: Village) -> None:
    """Hocine writes about a listing of Alice's."""
    note = await make_note(conn, village.hocine, audience="direct")
    id = make_id()
    await execute(
        conn,
        "INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id) VALUES ($1, $2, $3, $4, $5)",
        id,
        listing_id,
        village.alice.id,
        village.hocine.id,
        note.id,
    )
    await execute(conn, "INSERT INTO exchange_message (post_id, exchange_id) VALUES ($1, $2)", note.id, id)


async def add_shortage(conn: Connection, village: Village) -> None:
    """The disk is almost full."""
    await disk_space.note(conn, DiskSpace(free=700 * MEGABYTE, total=100_000 * MEGABYTE))


async def add_health_trouble(conn: Connection, village: Village) -> None:
    """The certificate ends, then there is little memory."""
    known = await fetch_value(conn, "SELECT count(*) FROM machine_trouble")
    names = ("certificate", "memory")
    await health_troubles.save(conn, [], {names[known]: False}, watched=names)


async def add_backup(
    conn: Connection, *, age: timedelta = timedelta(), proven: timedelta | None = timedelta(), failed: bool = False
) -> None:
    """A backup so old, and one that was proven then, in place of all others."""
    await execute(conn, "DELETE FROM backup_run")
    await backup_runs.note(conn, "backup", "nuit", seconds=1)
    await execute(conn, "UPDATE backup_run SET ended_at = now() - $1::interval", age)
    if proven is not None:
        await backup_runs.note(conn, "verification", "nuit", seconds=1, failure="bad" if failed else None)
        await execute(conn, "UPDATE backup_run SET ended_at = now() - $1::interval WHERE kind = 'verification'", proven)


async def age_backup(conn: Connection, village: Village) -> None:
    """The last backup is nine days old."""
    await add_backup(conn, age=timedelta(days=9, hours=1))


async def add_failing_server(conn: Connection, village: Village) -> None:
    """A friend takes nothing since two days."""
    place = await fetch_value(conn, "SELECT count(*) FROM server WHERE failure IS NOT NULL")
    await execute(
        conn,
        """
        INSERT INTO server (host, level, failure, failure_cause, last_failure_at, last_out_at, unavailable_since)
        VALUES ($1, 'friend', 'x', 'certificate-expired', now(), now() - interval '3 days', now() - interval '2 days')
        """,
        f"libercourt{place}.test",
    )


async def add_neighbour(conn: Connection, village: Village) -> None:
    """A cooperative follows ours."""
    host = f"voisine{make_id()}.test"
    theirs = await make_remote_actor(conn, "coop", host, type="Organization", name="La Bricole", place_name="Lille")
    await make_follow(conn, theirs, village.coop)
    await friendships.meet(conn, theirs.id, theirs.host)


async def add_territory(conn: Connection, village: Village) -> None:
    """Alice proposes a territory, then Hocine another one."""
    known = await fetch_value(conn, "SELECT count(*) FROM territory_proposal")
    member = village.hocine if known else village.alice
    await territory_proposals.save(conn, member.id, f"bricole{known}.test", "Des outils.")


async def add_host(conn: Connection, village: Village) -> None:
    """A site that nobody knows sends a listing."""
    host = f"neuf{make_id()}.test"
    listing = await make_listing(
        conn, await make_remote_actor(conn, "eve", host), post={"audience": "unlisted", "to_uris": (PUBLIC,)}
    )
    await waiting_posts.keep(conn, listing.id, host, "network", wanted=False)


async def add_failing_chore(conn: Connection, village: Village) -> None:
    """A chore failed, and failed again."""
    name = f"chore{make_id()}"
    for _ in range(2):
        await periodic_tasks.note_failure(conn, name, "x")


async def add_difference(conn: Connection, village: Village) -> None:
    """A sum of last month is otherwise when it is counted again."""
    await execute(
        conn,
        """
        INSERT INTO figure_difference (id, month, what, kept, counted)
        VALUES ($1, date_trunc('month', now() - interval '40 days'), 'listings', 7, 8)
        """,
        make_id(),
    )


async def add_stuck_mail(conn: Connection, village: Village) -> None:
    """A mail to Alice did not leave."""
    await execute(
        conn,
        "INSERT INTO mail (id, recipient_id, kind, state, cause) VALUES ($1, $2, 'news', 'failed', 'busy')",
        make_id(),
        village.alice.id,
    )


async def add_asking_shop(conn: Connection, village: Village) -> None:
    """A repair shop that asks to appear."""
    shop = await make_shop(conn, f"rayon{make_id()}")
    await requests.ask(conn, shop.id, village.alice.id, "")
