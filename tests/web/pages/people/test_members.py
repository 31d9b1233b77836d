"""What administrators do with members, and those who welcome."""

import html
import re

import pytest

from models.news import staff_notifications
from models.people import accounts, actors, sign_ups
from models.people.accounts import ROLES
from models.people.sign_ups import NewSignUp
from models.people.team import place_keepers
from models.store.database import connection, fetch_records, fetch_value, transaction
from tests.factories import make_local_actor, make_member
from tests.rulings import rule
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member

NEW = "trente-deux vélos bleus"


@pytest.fixture
async def admin(door: Doorbell) -> Visitor:
    """Awa administers; she is logged in."""
    await add_member(door.instance, "awa", roles=["admin"])
    visitor = await door.ring()
    await visitor.log_in("awa")
    return visitor


def read_link(visitor: Visitor) -> str:
    found = re.search(r">(http://lomme\.test/lien/[^<]+)</textarea>", visitor.text)
    assert found, visitor.text
    return html.unescape(found[1])


@pytest.mark.parametrize("path", ["/coop/membres", "/coop/membres/alice", "/coop/membres/nouveau", "/coop/reglages"])
async def test_members_administer_nothing(door: Doorbell, path: str) -> None:
    visitor = await door.ring()
    assert (await visitor.open(path)).path.startswith("/connexion")
    await visitor.log_in("alice")

    assert (await visitor.open(path)).status == 404


@pytest.fixture
async def welcomer(door: Doorbell) -> Visitor:
    """Momo welcomes; she is logged in."""
    await add_member(door.instance, "momo", roles=["welcome"])
    visitor = await door.ring()
    await visitor.log_in("momo")
    return visitor


async def list_journal(door: Doorbell) -> list[tuple[str, str, str]]:
    async with connection(door.instance.pool) as conn:
        rows = await fetch_records(
            conn,
            """
            SELECT act, role, coalesce(actor.username, '') AS about FROM journal_entry
            LEFT JOIN actor ON actor.id = about_id ORDER BY journal_entry.id
            """,
        )
    return [(row["act"], row["role"], row["about"]) for row in rows]


async def test_who_welcomes_helps_a_member_to_enter_which_stands_in_the_journal(
    door: Doorbell, welcomer: Visitor
) -> None:
    await welcomer.open("/coop/membres")
    assert "@alice" in welcomer.text and "/coop/membres/nouveau" not in welcomer.text

    await welcomer.open("/coop/membres/alice")
    assert "/coop/membres/alice/role" not in welcomer.text
    await welcomer.send("/coop/membres/alice/lien", {"purpose": "login"})

    assert read_link(welcomer)
    assert await list_journal(door) == [("login_link_made", "welcome", "alice")]


async def test_who_welcomes_makes_no_link_for_anybody_with_a_role(door: Doorbell, welcomer: Visitor) -> None:
    await welcomer.open("/compte")
    token = welcomer.hidden_fields("/compte/langue")
    for role in ROLES:
        await add_member(door.instance, f"nora_{role}", roles=[role], password=None)
        await welcomer.open(f"/coop/membres/nora_{role}")
        assert welcomer.status == 200 and "seules les personnes qui administrent" in " ".join(welcomer.text.split())
        for act in ("lien", "verification"):
            assert f"/coop/membres/nora_{role}/{act}" not in welcomer.text
            await welcomer._post(f"/coop/membres/nora_{role}/{act}", token)
            assert welcomer.status == 404
            await welcomer.open(f"/coop/membres/nora_{role}")
    assert await list_journal(door) == []


async def test_a_link_that_was_made_before_a_role_was_given_lets_nobody_in_as_who_holds_it(
    door: Doorbell, welcomer: Visitor, admin: Visitor
) -> None:
    links = []
    for purpose in ("login", "password", "login"):
        await welcomer.open("/coop/membres/alice")
        await welcomer.send("/coop/membres/alice/lien", {"purpose": purpose})
        links.append(read_link(welcomer))
    inside = await door.ring()
    await inside.open(links[0])
    await inside.send(links[0].removeprefix("http://lomme.test"))
    assert (await inside.open("/compte")).status == 200

    await admin.open("/coop/membres/alice")
    await admin.send("/coop/membres/alice/role", {"roles": "admin"})

    assert (await inside.open("/coop/membres")).path.startswith("/connexion")
    late = await door.ring()
    assert [(await late.open(link)).status for link in links[1:]] == [410, 410]


async def test_members_are_found(admin: Visitor) -> None:
    await admin.open("/coop/membres")
    assert "@alice" in admin.text and "@awa" in admin.text

    await admin.open("/coop/membres?q=ALI")
    assert "@alice" in admin.text and "@awa" not in admin.text

    await admin.open("/coop/membres?q=%3Cscript%3E")
    assert admin.status == 200 and "<script>" not in admin.text.split("<main", 1)[1]


async def test_a_link_for_a_new_password_is_shown_once_and_works(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/alice")
    await admin.send("/coop/membres/alice/lien", {"purpose": "password"})
    link = read_link(admin)
    assert "/lien/" not in (await admin.open("/coop/membres/alice")).text.replace("/coop/membres/alice/lien", "")

    alice = await door.ring()
    await alice.open(link)
    await alice.send(link.removeprefix("http://lomme.test"), {"password": NEW})

    assert alice.path == "/"
    assert (await (await door.ring()).log_in("alice", NEW)).path == "/"


async def test_a_link_to_enter_leaves_the_password_as_it_is(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/alice")
    await admin.send("/coop/membres/alice/lien", {"purpose": "login"})
    link = read_link(admin)

    alice = await door.ring()
    await alice.open(link)
    await alice.send(link.removeprefix("http://lomme.test"))

    assert alice.path == "/"
    assert (await (await door.ring()).log_in("alice", PASSWORD)).path == "/"


async def test_somebody_is_added_and_enters_by_the_link(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/nouveau")
    await admin.send("/coop/membres/nouveau", {"name": "Carole", "username": "carole", "email": "carole@example.org"})
    link = read_link(admin)

    carole = await door.ring()
    await carole.open(link)
    await carole.send(link.removeprefix("http://lomme.test"), {"password": NEW})

    assert (carole.status, carole.path) == (200, "/")
    assert (await carole.open("/compte")).status == 200


async def test_a_place_gets_an_account_of_its_own(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/nouveau")
    objects = {"kind": "lieu", "name": "Objetothèque", "username": "objets", "email": "objets@example.org"}

    await admin.send("/coop/membres/nouveau", objects)

    assert read_link(admin)
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT type FROM actor WHERE username = 'objets'") == "Organization"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "alice"}, "username"),
        ({"email": "alice@example.org"}, "email"),
        ({"username": "root"}, "username"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_mistake_with_a_new_member_is_said_at_its_field(
    admin: Visitor, changes: dict[str, str], field: str
) -> None:
    await admin.open("/coop/membres/nouveau")

    await admin.send(
        "/coop/membres/nouveau",
        {"name": "Carole", "username": "carole", "email": "carole@example.org"} | changes,
    )

    assert admin.status == 422 and f'href="#{field}"' in admin.text


def account_uri(door: Doorbell, username: str) -> str:
    return f"{door.instance.site.url}/users/{username}"


async def test_a_role_is_given_and_the_person_is_told(door: Doorbell, admin: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
    await admin.open("/coop/membres/alice")

    await admin.send("/coop/membres/alice/role", {"roles": "welcome"})

    assert admin.path == "/coop/membres/alice?fait=roles" and "La personne en est prévenue" in admin.text
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None and account.roles == ["welcome"]
        told = await fetch_value(
            conn, "SELECT content FROM post WHERE audience = 'direct' AND $1 = ANY(to_uris)", account_uri(door, "alice")
        )
    assert "« Accueil »" in told and "/coop/permanence" in told
    assert await list_journal(door) == [("roles_changed", "admin", "alice")]


async def test_a_town_hall_gets_an_account_of_its_own_kind_which_everybody_sees_and_gives_it_back(
    door: Doorbell, admin: Visitor
) -> None:
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
    await admin.open("/coop/membres/nouveau")
    new = {"kind": "collectivite", "name": "Ville de Lomme", "username": "mairie", "email": "mairie@example.org"}

    await admin.send("/coop/membres/nouveau", new)

    assert admin.status == 200 and read_link(admin)
    await admin.open("/@mairie")
    assert "Compte de la collectivité" in admin.text
    await admin.open("/coop/membres?q=mairie")
    assert "Compte de la collectivité, mairie@example.org" in admin.text
    await admin.open("/coop/membres/mairie")
    assert "/coop/membres/mairie/role" not in admin.text
    await admin.send("/coop/membres/mairie/collectivite")
    assert "Ce compte en est prévenu" in admin.text and "/coop/membres/mairie/role" in admin.text
    await admin.open("/@mairie")
    assert "Compte de la collectivité" not in admin.text
    async with connection(door.instance.pool) as conn:
        told = await fetch_value(
            conn,
            "SELECT array_agg(content ORDER BY id) FROM post WHERE audience = 'direct' AND $1 = ANY(to_uris)",
            account_uri(door, "mairie"),
        )
    assert ["/coop/chiffres" in told[0], "n’est plus celui de la collectivité" in told[1]] == [True, True]
    acts = [act for act, _, _ in await list_journal(door)]
    assert acts == ["member_created", "authority_changed", "login_link_made", "authority_changed"]


async def test_a_person_is_no_town_hall_and_a_town_hall_gets_no_role(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/alice")
    assert "/collectivite" not in admin.text
    async with transaction(door.instance.pool) as conn:
        town = await make_member(conn, "mairie", type="Organization", roles=["keeper"])
    await admin.open("/coop/membres/mairie")

    await admin.send("/coop/membres/mairie/collectivite", {"authority": "1"})

    assert admin.status == 409 and "une collectivité ne fait entrer personne" in admin.text
    async with connection(door.instance.pool) as conn:
        assert not (await accounts.get(conn, town.id)).authority


async def test_what_each_role_may_do_is_said_beside_its_box(admin: Visitor) -> None:
    await admin.open("/coop/membres/alice")

    for words in (
        "répondre à qui demande",
        "lire et régler les signalements",
        "tenir les horaires",
        "Peut tout ce que",
    ):
        assert words in admin.text


async def test_several_roles_are_given_at_once_and_taken_back(door: Doorbell, admin: Visitor) -> None:
    for chosen in (["welcome", "moderator"], ["moderator", "keeper"], []):
        await admin.open("/coop/membres/alice")
        await admin.send("/coop/membres/alice/role", {"roles": chosen})
        async with connection(door.instance.pool) as conn:
            account = await accounts.find_by_username(conn, "alice")
        assert account is not None and account.roles == chosen
    assert [act for act, _, _ in await list_journal(door)] == ["roles_changed"] * 3


@pytest.mark.parametrize(("role", "left"), [("admin", 1), ("keeper", 0), ("welcome", 1)])
async def test_whoever_has_another_role_is_told_no_more_of_what_the_old_one_settled(
    door: Doorbell, admin: Visitor, role: str, left: int
) -> None:
    await add_member(door.instance, "momo", roles=["welcome"])
    carole = NewSignUp(
        username="carole", email="carole@example.org", password_hash="", name="", language="fr", commune_code=None
    )
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        await staff_notifications.notify_of_sign_up(conn, (await sign_ups.save(conn, carole)).id)
    await admin.open("/coop/membres/momo")

    await admin.send("/coop/membres/momo/role", {"roles": role})

    async with connection(door.instance.pool) as conn:
        momo = await accounts.find_by_username(conn, "momo")
        assert momo is not None
        told = "SELECT count(*) FROM notification WHERE recipient_id = $1"
        assert await fetch_value(conn, told, momo.actor_id) == left


async def test_who_gives_up_her_own_role_is_led_to_a_page_that_opens(door: Doorbell, admin: Visitor) -> None:
    await add_member(door.instance, "nora", roles=["admin"])
    await admin.open("/coop/membres/awa")

    await admin.send("/coop/membres/awa/role", {})

    assert (admin.status, admin.path) == (200, "/compte")
    assert (await admin.open("/coop/membres")).status == 404


async def test_the_last_administrator_does_not_lock_everybody_out(door: Doorbell, admin: Visitor) -> None:
    await admin.open("/coop/membres/awa")

    await admin.send("/coop/membres/awa/role", {})

    assert admin.status == 409 and 'href="#roles"' in admin.text
    assert (await admin.open("/coop/membres")).status == 200


async def test_what_was_decided_about_a_place_is_not_for_whoever_runs_it(door: Doorbell, admin: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        awa = await actors.find_local(conn, "awa")
        workshop = await make_member(conn, "atelier")
        assert awa is not None
        await rule(conn, workshop, "limit", site=door.instance.site)
    await admin.open("/coop/membres/atelier")
    assert "compte limité" in admin.text
    async with transaction(door.instance.pool) as conn:
        await place_keepers.add(conn, workshop.id, awa.id)

    await admin.open("/coop/membres/atelier")

    assert "@atelier" in admin.text and "compte limité" not in admin.text


async def test_an_unknown_member_is_not_found(admin: Visitor) -> None:
    assert (await admin.open("/coop/membres/personne")).status == 404
