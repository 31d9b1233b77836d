"""Coming from another server to act here, and leaving for one's own."""

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models.store.database import connection, fetch_value
from tests.fediverse import FakeFediverse
from tests.sample_village import Village
from tests.web.pages.conftest import Browser


async def test_visitor_logs_in_first_and_comes_back(visitor: Browser) -> None:
    page = await visitor.get("/authorize_interaction?uri=https%3A%2F%2Fhenin.test%2Fusers%2Fbob")

    assert page.status == 303
    assert page.location.startswith("/connexion?retour=/authorize_interaction")


async def test_somebody_is_shown_and_followed_only_by_a_click(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    page = await alice.get("/authorize_interaction?uri=https%3A%2F%2Fhenin.test%2Fusers%2Fbob")

    assert "Léonie" in page.words()
    assert page.html.xpath("//form[@method='post'][@action='/abonnements']//input[@name='actor']/@value") == [
        str(lomme.bob.id)
    ]
    async with connection(instance.pool) as conn:
        found = await fetch_value(conn, "SELECT count(*) FROM follow WHERE followed_id = $1", lomme.bob.id)
    assert found == 1  # Hocine's, from before


async def test_who_is_followed_already_is_told_so(alice: Browser) -> None:
    page = await alice.get("/authorize_interaction?uri=%40coop%40henin.test")

    assert "Vous suivez déjà ce compte." in page.words()
    assert not page.html.xpath("//main//form")


async def test_handle_works_as_well_as_an_address(alice: Browser) -> None:
    assert "Léonie" in (await alice.get("/authorize_interaction?uri=%40bob%40henin.test")).words()


async def test_listing_leads_to_its_page_here(alice: Browser, lomme: Village) -> None:
    page = await alice.get(f"/authorize_interaction?uri={lomme.sewing.uri}")

    assert page.html.xpath("//main//a[contains(@class, 'primary')]/@href") == [f"/annonces/d/{lomme.sewing.id}"]


async def test_private_message_of_others_is_not_found(alice: Browser, lomme: Village, instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        await conn.execute("DELETE FROM mention WHERE post_id = $1", lomme.message.id)

    page = await alice.get(f"/authorize_interaction?uri={lomme.message.uri}")

    assert page.status == 422
    assert "Nous n’avons rien trouvé à cette adresse." in page.words()


async def test_address_that_fails_says_why(alice: Browser, fediverse: FakeFediverse) -> None:
    fediverse.documents["https://lens.test/@ana"] = FetchFailed(Cause.NAME_NOT_FOUND, "lens.test")

    page = await alice.get("/authorize_interaction?uri=https%3A%2F%2Flens.test%2F%40ana")

    assert page.status == 422
    assert "Le nom lens.test n’existe pas" in page.words()


async def test_page_without_an_address_asks_for_one(alice: Browser) -> None:
    page = await alice.get("/authorize_interaction")

    assert page.status == 200
    assert page.html.xpath("//input[@id='uri']")


async def test_reader_with_an_account_elsewhere_is_led_there(
    visitor: Browser, lomme: Village, fediverse: FakeFediverse
) -> None:
    fediverse.documents["https://mastodon.test/.well-known/webfinger?resource=acct%3Aana%40mastodon.test"] = {
        "subject": "acct:ana@mastodon.test",
        "links": [
            {
                "rel": "http://ostatus.org/schema/1.0/subscribe",
                "template": "https://mastodon.test/authorize_interaction?uri={uri}",
            }
        ],
    }
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    answer = await visitor.send("/ailleurs", {"uri": lomme.tent.uri, "account": "@ana@mastodon.test"}, form_on=path)

    assert answer.status == 303
    assert answer.location.startswith("https://mastodon.test/authorize_interaction?uri=http://lomme.test/users")


async def test_b14_strangers_cannot_make_us_ask_one_server_for_ever(
    visitor: Browser, lomme: Village, fediverse: FakeFediverse
) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    for number in range(32):
        typed = {"uri": lomme.tent.uri, "account": f"@ana{number}@victim.test"}
        answer = await visitor.send("/ailleurs", typed, form_on=path)

    assert len([one for one in fediverse.fetched if "victim.test" in one]) == 30
    assert answer.status == 422
    assert "victim.test a été demandé trop souvent." in answer.words()


async def test_member_who_takes_the_wrong_door_logs_in_here(visitor: Browser, lomme: Village) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    answer = await visitor.send("/ailleurs", {"uri": lomme.tent.uri, "account": "@alice@lomme.test"}, form_on=path)

    assert answer.location.startswith("/connexion?retour=/authorize_interaction")


async def test_incomplete_address_comes_back_with_what_to_copy(visitor: Browser, lomme: Village) -> None:
    path = lomme.tent.post.url.removeprefix(lomme.site.url)

    answer = await visitor.send("/ailleurs", {"uri": lomme.tent.uri, "account": "ana"}, form_on=path)

    assert answer.status == 422
    assert "Cette adresse n’est pas complète." in answer.words()
    assert lomme.tent.uri in answer.words()
