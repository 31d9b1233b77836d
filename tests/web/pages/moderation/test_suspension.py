"""Somebody who is suspended: one sentence by whichever way she comes, what opens for her, and who is in exchanges."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.instance import Instance
from models.access import tokens
from models.exchanges import agreements
from models.ids import make_id
from models.moderation import excluded_addresses
from models.moderation.decisions import DecisionKind
from models.news import mail_preferences, push_subscriptions
from models.people import accounts, actors, roles
from models.people.actors import Actor
from models.posts import scheduled_posts
from models.store.database import connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept
from outbox.moderation import sanctions
from tests import sample_threads
from tests.factories import make_local_actor, make_remote_actor
from tests.rulings import rule
from tests.sample_threads import SampleThreads
from tests.sample_village import Village
from tests.web.pages.conftest import SITE, Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def made(instance: Instance, lomme: Village) -> SampleThreads:
    """The tent of Alice is agreed with Bob, who lives elsewhere; the sewing machine she asked of him."""
    async with transaction(instance.pool) as conn:
        made = await sample_threads.build(conn, lomme)
        await accept(conn, SITE, lomme.alice, made.tent)
        return made


async def decide(instance: Instance, actor: Actor, kind: DecisionKind = "suspend", **values: Any) -> int:
    async with transaction(instance.pool) as conn:
        return (await rule(conn, actor, kind, site=SITE, **values)).id


async def test_every_page_leads_to_the_one_that_says_why(alice: Browser, instance: Instance, lomme: Village) -> None:
    id = await decide(instance, lomme.alice, lasts=timedelta(days=7))

    for path in ("/", "/annonces", "/compte", "/notifications", "/publier", "/coop", "/echanges"):
        answer = await alice.get(path)
        assert (path, answer.status, answer.location) == (path, 303, "/compte/suspension")
    page = await alice.get("/compte/suspension")
    assert page.status == 200
    for words in ("Votre compte est suspendu", "Article 2", "Ces annonces trompent vos voisins.", "Jusqu’au"):
        assert words in page.words()
    assert f"/compte/decisions/{id}" in page.text
    for path in ("/compte/donnees", "/compte/supprimer", "/aide", "/mentions-legales"):
        assert (await alice.get(path)).status == 200
    assert (await alice.send("/compte/donnees", {}, form_on="/compte/donnees")).location.startswith("/compte/donnees")
    assert (await alice.send("/deconnexion", {}, form_on="/compte/suspension")).status == 303


@pytest.mark.parametrize("waits", [False, True])
async def test_what_the_law_opens_for_anybody_opens_for_her_as_logged_out(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village, waits: bool
) -> None:
    """Who waits to be let in is a visitor on these pages too; whoever is suspended reports as one."""
    visitor = await open_browser(None)
    await decide(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        if waits:
            await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", lomme.alice.id)
    drill = f"/signaler/annonce/{lomme.drill.id}"
    named = await visitor.get(f"/signaler?adresse={SITE.url}/annonces")
    paths = ["/aide", "/mentions-legales", "/accessibilite", "/a-l-ecart"]

    for path in (*paths, "/langue/en", "/signaler", named.location, drill, f"/signaler/compte/{lomme.hocine.id}"):
        hers, theirs = await alice.get(path), await visitor.get(path)
        assert (path, hers.status) == (path, theirs.status) and hers.status in (200, 303)
    sent = await alice.send(drill, {"reason": "other", "content": "Elle est cassée."}, form_on=drill)
    assert sent.location.startswith("/signalement/")
    assert (await alice.get(sent.location)).status == 200
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT reporter_id FROM report") is None


async def test_the_frame_of_her_pages_leads_only_to_what_opens(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    await decide(instance, lomme.alice)
    page = await alice.get("/compte/suspension")

    links = {str(one) for one in page.html.xpath("//header//a/@href | //footer//a/@href") if str(one).startswith("/")}

    assert {"/compte/suspension", "/compte/donnees", "/aide"} <= links
    for path in sorted(links - {"/"}):
        assert (path, (await alice.get(path)).status) == (path, 200)


async def test_a_form_that_stood_open_does_nothing_and_its_words_can_be_copied(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    form = {"audience": "tous", "message": "Toujours libre dimanche ?", "reply_to": ""}
    before = await alice.get(f"/annonces/{lomme.tent.uri.rpartition('/')[2]}")
    assert before.status == 200
    await decide(instance, lomme.alice)

    answer = await alice.client.post(
        f"/annonces/d/{lomme.sewing.id}/repondre",
        data=form,
        headers={"Accept": "text/html", "Accept-Language": "fr", "Origin": SITE.url},
        allow_redirects=False,
    )

    page = await alice.read(answer)
    assert page.status == 403
    assert "Rien n’est parti" in page.words() and "Toujours libre dimanche ?" in page.words()


async def test_whoever_is_not_suspended_has_no_such_page(alice: Browser) -> None:
    assert (await alice.get("/compte/suspension")).location == "/compte"


async def test_taken_back_everything_opens_again(alice: Browser, instance: Instance, lomme: Village) -> None:
    id = await decide(instance, lomme.alice)
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE moderation_decision SET ends_at = now() WHERE id = $1", id)

    assert await sanctions.end_decisions(instance) == 1
    assert await sanctions.end_decisions(instance) == 0

    assert (await alice.get("/compte")).status == 200


async def test_the_author_of_something_hidden_reads_why_and_nobody_else_finds_it(
    alice: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village
) -> None:
    path = f"/annonces/{lomme.tent.uri.rpartition('/')[2]}"
    async with transaction(instance.pool) as conn:
        await rule(conn, lomme.alice, "hide", posts=(lomme.tent.id,), site=SITE)

    own = await alice.get(path)
    team = await (await open_browser(lomme.admin)).get(path)
    others = [await (await open_browser(who)).get(path) for who in (lomme.hocine, None)]

    assert "Votre coop a masqué ceci" in own.words() and "Ces annonces trompent" in own.words()
    assert "Masqué : seule la personne" in team.words()
    assert [page.status for page in others] == [404, 404]


async def test_she_can_leave_what_is_agreed_and_the_other_server_is_told(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await decide(instance, lomme.alice)
    page = await alice.get("/compte/suspension")
    assert "Vos échanges en cours" in page.words()

    answer = await alice.send(f"/compte/suspension/echanges/{made.tent.id}", {}, form_on="/compte/suspension")

    assert answer.location.startswith("/compte/suspension")
    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, made.tent.id)).state == "cancelled"
        last = await fetch_value(conn, "SELECT body::jsonb ->> 'type' FROM activity ORDER BY id DESC LIMIT 1")
    assert last == "Update"
    stranger = await alice.send(f"/compte/suspension/echanges/{made.drill.id}", {}, form_on="/compte/suspension")
    assert stranger.status == 404


async def test_partners_elsewhere_get_a_message_of_the_cooperative(
    instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    await decide(instance, lomme.alice)

    async with connection(instance.pool) as conn:
        told = await conn.fetch(
            """
            SELECT a.body::jsonb -> 'object' ->> 'content' AS words FROM activity a
            WHERE a.actor_id = $1 AND a.type = 'Create' ORDER BY a.id
            """,
            lomme.coop.id,
        )
    assert len(told) == 2  # one for each thread that goes on with Bob
    assert all("suspendu" in row["words"] and "sans aucun reproche" in row["words"] for row in told)


@pytest.mark.parametrize("kind", ["suspend", "exclude"])
async def test_partners_here_read_it_in_the_thread_and_cancel_in_one_tap(
    alice: Browser, instance: Instance, lomme: Village, made: SampleThreads, kind: DecisionKind
) -> None:
    """Bob, who lives elsewhere, is suspended by us."""
    await decide(instance, lomme.bob, kind)

    page = await alice.get(f"/echanges/{made.tent.exchange_id}")
    news = await alice.get("/notifications")

    assert "La coopérative a suspendu le compte de Léonie" in page.words()
    assert "La coopérative a suspendu le compte de Léonie" in news.words()
    assert "Il me la faut le dimanche soir" in page.words()
    async with connection(instance.pool) as conn:
        state = (await agreements.get(conn, made.tent.id)).state
    if kind == "exclude":
        assert state == "cancelled"  # its days are free at once
    else:
        [form] = page.html.xpath("//form[input[@name='act'][@value='cancel']]")
        assert not form.xpath("ancestor::details") and state == "agreed"


async def test_what_was_handed_over_stays_to_be_given_back(
    instance: Instance, lomme: Village, made: SampleThreads
) -> None:
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE agreement SET begins_at = now() - interval '1 day' WHERE id = $1", made.tent.id)

    await decide(instance, lomme.bob, "exclude")

    async with connection(instance.pool) as conn:
        assert (await agreements.get(conn, made.tent.id)).state == "agreed"


async def test_an_exclusion_ends_the_account_once_nobody_can_object_any_more(
    instance: Instance, lomme: Village
) -> None:
    async with connection(instance.pool) as conn:
        email = (await accounts.get(conn, lomme.hocine.id)).email
    id = await decide(instance, lomme.hocine, "exclude")
    soon, late = datetime.now(UTC) + timedelta(days=29), datetime.now(UTC) + timedelta(days=31)

    await sanctions.erase_excluded(instance, at=soon)
    async with transaction(instance.pool) as conn:
        assert (await actors.get(conn, lomme.hocine.id)).deleted_at is None
        await execute(conn, "INSERT INTO appeal (decision_id, words) VALUES ($1, 'Ce n’était pas moi.')", id)
    await sanctions.erase_excluded(instance, at=late)
    async with transaction(instance.pool) as conn:
        assert (await actors.get(conn, lomme.hocine.id)).deleted_at is None
        await execute(conn, "UPDATE appeal SET outcome = 'kept', decided_at = now()")
    for _ in range(2):
        await sanctions.erase_excluded(instance, at=soon)

    async with connection(instance.pool) as conn:
        assert (await actors.get(conn, lomme.hocine.id)).deleted_at is not None
        deletes = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Delete'")
        kept = await fetch_value(conn, "SELECT words FROM moderation_decision WHERE id = $1", id)
        back = await excluded_addresses.find(conn, email)
    assert back is not None and back.id == id, "the team is told if she comes back"
    assert (deletes, kept) == (1, "Ces annonces trompent vos voisins.")


async def test_what_she_had_planned_rests_and_leaves_afterwards(instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO scheduled_status (id, actor_id, scheduled_at, wish)
            VALUES (1, $1, now() - interval '5 minutes', '{"text": "Demain"}')
            """,
            lomme.alice.id,
        )
        assert await scheduled_posts.list_due(conn) == [1]
    await decide(instance, lomme.alice)
    async with connection(instance.pool) as conn:
        assert await scheduled_posts.list_due(conn) == []
        assert await fetch_value(conn, "SELECT count(*) FROM scheduled_status") == 1


async def test_push_mails_and_the_work_of_the_team_rest(instance: Instance, lomme: Village) -> None:
    at = datetime.now(UTC)

    async def count_rounds(type: str, name: str) -> int:
        async with transaction(instance.pool) as conn:
            await execute(conn, "DELETE FROM mail_round")
            await execute(conn, "DELETE FROM mail_cursor")
            await execute(conn, "INSERT INTO mail_cursor (last_id) VALUES (0)")
            await execute(conn, "DELETE FROM notification")
            liker = await make_remote_actor(conn, name)
            id = await fetch_value(
                conn,
                """
                INSERT INTO notification (id, recipient_id, type, actor_id) VALUES ($1, $2, $3, $4) RETURNING id
                """,
                make_id(),
                lomme.admin.id,
                type,
                liker.id,
            )
            await execute(conn, "UPDATE push_subscription SET alerts = ARRAY[$1]", type)
            pushed = await push_subscriptions.list_wanting(conn, id)
            await mail_preferences.schedule_all(
                conn, until=at + timedelta(minutes=1), oldest=at - timedelta(days=1), due={"now": at, "weekly": at}
            )
            rounds = await fetch_value(conn, "SELECT count(*) FROM mail_round WHERE actor_id = $1", lomme.admin.id)
            return int(rounds) + 10 * len(pushed)

    async with transaction(instance.pool) as conn:
        bearer = await tokens.create(conn, actor_id=lomme.admin.id, scopes=["push"])
        token = await tokens.find_by_bearer(conn, bearer)
        assert token is not None and lomme.admin.id in await roles.list_holders(conn, "reports")
        await execute(
            conn,
            """
            INSERT INTO push_subscription (token_id, actor_id, endpoint, p256dh, auth, standard, policy, alerts)
            VALUES ($1, $2, 'https://push.test/1', '', '', true, 'all', '{}')
            """,
            token.id,
            lomme.admin.id,
        )
    assert await count_rounds("follow", "fan") == 11

    await decide(instance, lomme.admin)

    assert await count_rounds("follow", "fan2") == 0
    async with connection(instance.pool) as conn:
        assert lomme.admin.id not in await roles.list_holders(conn, "reports")
