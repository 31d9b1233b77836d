"""Pages of yearly dues: the member's own, the team's, and nothing of it where the cooperative asks for none."""

from datetime import timedelta

import pytest

from models import preferences
from models.moderation import journal
from models.people import accounts
from models.people.dues import dues
from models.store.database import connection, execute, transaction
from tests.factories import make_member
from tests.today import today
from tests.web.form_client import Doorbell, Visitor, add_member
from web.forms.date_field import parse_day
from web.pages.people.dues.team_pages import parse_amount

ASKED = {
    "dues": True,
    "dues_free": "les étudiantes",
    "dues_address": "https://helloasso.example/tipimi?a=1&b=2",
    "dues_amounts": True,
}


async def ask(door: Doorbell, **more: object) -> None:
    async with transaction(door.instance.pool) as conn:
        await preferences.write(conn, ASKED | more)


def read(visitor: Visitor) -> str:
    """The page with plain spaces."""
    return visitor.text.replace("\u00a0", " ").replace("\u202f", " ")


async def find(door: Doorbell, username: str) -> dues.Dues | None:
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, username)
        assert account
        return await dues.find(conn, account.actor_id)


@pytest.fixture
async def momo(door: Doorbell) -> Visitor:
    """Momo welcomes; she is logged in."""
    await add_member(door.instance, "momo", roles=["welcome"])
    visitor = await door.ring()
    await visitor.log_in("momo")
    return visitor


async def test_where_none_are_asked_for_there_is_nothing(door: Doorbell, momo: Visitor) -> None:
    paths = (
        "/compte/adhesion",
        *(f"/coop/membres/{one}" for one in ("adhesions", "adhesions/liste", "alice/adhesion")),
    )
    answered = [(await momo.open(path)).status for path in paths]
    texts = [(await momo.open(path)).text for path in ("/compte", "/coop/membres", "/coop/membres/alice")]
    texts.append((await (await door.ring()).open("/donnees-personnelles")).text)

    assert answered == [404] * 4
    assert not any("dhésion" in text.partition("<main")[2] for text in texts)


async def test_what_is_kept_is_said_as_long_as_it_is(door: Doorbell, momo: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        await dues.save(conn, (await make_member(conn, "zoe")).id, until=today())

    assert "Votre adhésion" in (await momo.open("/donnees-personnelles")).text


async def test_who_welcomes_notes_it_and_the_member_reads_it(door: Doorbell, momo: Visitor) -> None:
    await ask(door)
    proposed = today().replace(year=today().year + 1) if (today().month, today().day) != (2, 29) else None
    page = await momo.open("/coop/membres/alice/adhesion")
    assert proposed is None or f'value="{proposed}"' in page.text
    until = today() + timedelta(days=400)

    await momo.send("/coop/membres/alice/adhesion", {"how": "until", "until": "demain", "amount": "vingt"})
    assert momo.status == 422 and 'value="vingt"' in momo.text and await find(door, "alice") is None
    await momo.send("/coop/membres/alice/adhesion", {"how": "until", "until": until.isoformat(), "amount": "12,50 €"})

    noted = await find(door, "alice")
    assert noted and (noted.valid_until, noted.cents, noted.noted_by) == (until, 1250, "Momo")
    assert momo.path.endswith("?fait=told")
    alice = await door.ring()
    await alice.log_in("alice")
    own = read(await alice.open("/compte/adhesion"))
    assert "À jour" in own and "De 10 € à 40 € par an" in own and "12,50 €" in own and "les étudiantes" in own
    assert 'href="https://helloasso.example/tipimi?a=1&amp;b=2"' in own
    assert "/compte/adhesion" in (await alice.open("/compte")).text
    shown = (await momo.open("/coop/membres/adhesions?voir=valid")).text
    assert "/coop/membres/alice/adhesion" in shown and "/coop/membres/momo/adhesion" not in shown


async def test_a_table_is_noted_line_by_line_and_what_is_wrong_is_named(door: Doorbell, momo: Visitor) -> None:
    await ask(door)
    await momo.open("/coop/membres/adhesions/liste")
    last = today() + timedelta(days=99)
    async with transaction(door.instance.pool) as conn:
        waiting = await make_member(conn, "waits")
        await execute(conn, "UPDATE account SET waits_since = now() WHERE actor_id = $1", waiting.id)
    table = (
        f"courriel;jusqu’au;montant\nmomo@example.org;{last:%d/%m/%Y};20\nnobody@example.org;{last};1\n"
        f"@momo;bientôt;\nmomo;{last};beaucoup\nmomo;2099-01-01;\nmomo;13/05/99999999999;\nwaits@example.org;{last};"
    )
    await momo.send("/coop/membres/adhesions/liste", {"list": table})

    noted = await find(door, "momo")
    assert noted and (noted.valid_until, noted.cents) == (last, 2000)
    assert "Une adhésion est notée" in momo.text
    for words in (
        "ligne 3",
        "« nobody@example.org »",
        "« bientôt »",
        "« beaucoup »",
        "« 2099-01-01 »",
        "« 13/05/99999999999 »",
        "« waits@example.org »",
    ):
        assert words in read(momo), words
    await momo.send("/coop/membres/adhesions/liste", {"list": "nom;prénom\nA;B"})
    assert momo.status == 422 and "nom" in momo.text


async def test_the_journal_says_that_dues_were_noted_but_neither_whose_nor_until_when(
    door: Doorbell, momo: Visitor
) -> None:
    await ask(door)
    until = today() + timedelta(days=40)
    await momo.open("/coop/membres/alice/adhesion")
    await momo.send("/coop/membres/alice/adhesion", {"how": "until", "until": until.isoformat()})

    async with connection(door.instance.pool) as conn:
        [entry] = await journal.list_entries(conn, None)

    assert (entry.act, entry.role, entry.about_id, entry.details) == ("dues_noted", "welcome", None, {"count": 1})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE actor SET type = 'Organization' WHERE username = 'alice'",
        "UPDATE account SET authority = true WHERE email = 'alice@example.org'",
    ],
)
async def test_of_a_place_and_an_authority_nothing_is_asked_and_nothing_is_said(door: Doorbell, change: str) -> None:
    await ask(door)
    alice = await door.ring()
    await alice.log_in("alice")
    before = ((await alice.open("/compte/adhesion")).status, "/compte/adhesion" in (await alice.open("/compte")).text)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, change)

    after = ((await alice.open("/compte/adhesion")).status, "/compte/adhesion" in (await alice.open("/compte")).text)

    assert (before, after) == ((200, True), (404, False))


@pytest.mark.parametrize("typed", ["13/05/99999999999", "99999999999/5/2027", "1/99999999999/2027"])
def test_a_day_that_no_calendar_has_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        parse_day(typed)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "helloasso.com/x", "https://", "https://a b.fr", "https://[x"]
)
async def test_where_one_pays_is_an_address_that_a_browser_opens(door: Doorbell, address: str) -> None:
    await add_member(door.instance, "awa", roles=["admin"])
    awa = await door.ring()
    await awa.log_in("awa")
    await awa.open("/coop/reglages/adhesion")

    await awa.send("/coop/reglages/adhesion", {"dues": "1", "dues_address": address})

    assert awa.status == 422 and "elle commence par https://" in awa.text
    async with connection(door.instance.pool) as conn:
        assert (await preferences.load(conn)).dues_address == ""


@pytest.mark.parametrize(
    ("typed", "cents"), [("", None), ("20", 2000), ("12,5 €", 1250), ("1 000", 100000), ("0.05", 5)]
)
def test_an_amount_is_read_as_people_write_it(typed: str, cents: int | None) -> None:
    assert parse_amount(typed) == cents


@pytest.mark.parametrize("typed", ["-1", "1,234", "10001", "²", "1e3", ",5", "1,²"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        parse_amount(typed)
