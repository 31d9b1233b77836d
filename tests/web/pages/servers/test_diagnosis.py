"""« Pourquoi ne vois-je pas cette annonce ? »"""

from federation.errors import Cause, FetchFailed
from tests.fediverse import FakeFediverse
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

ADDRESS = "https://lens.test/annonces/7"


async def test_only_members_ask(visitor: Browser) -> None:
    assert (await visitor.get("/pourquoi")).status == 303
    assert (await visitor.send("/pourquoi", {"address": ADDRESS}, form_on="/connexion")).status in {303, 403}


async def test_page_asks_nobody_anything_before_the_form_is_sent(alice: Browser, fediverse: FakeFediverse) -> None:
    page = await alice.get(f"/pourquoi?adresse={ADDRESS}")

    assert page.html.xpath("string(//input[@id='address']/@value)") == ADDRESS
    assert fediverse.fetched == []


async def test_step_that_fails_is_said_first_and_every_step_below(alice: Browser, fediverse: FakeFediverse) -> None:
    fediverse.documents[ADDRESS] = FetchFailed(Cause.CERTIFICATE_EXPIRED, "lens.test")

    page = await alice.send("/pourquoi", {"address": ADDRESS}, form_on="/pourquoi")

    assert page.status == 200
    notice = " ".join(page.html.xpath("//div[contains(@class, 'notice')]")[0].text_content().split())
    assert notice.startswith("L’annonce, là-bas. Nous n’avons pas pu la lire là-bas.")
    assert "Le certificat de lens.test est périmé" in notice
    assert len(page.html.xpath("//ol/li")) == 3


async def test_what_nobody_follows_can_be_fetched_by_itself(alice: Browser, fediverse: FakeFediverse) -> None:
    zoe = fediverse.add_person("zoe", "lens.test")
    fediverse.documents[ADDRESS] = {
        "id": ADDRESS,
        "type": "Note",
        "attributedTo": zoe.uri,
        "content": "<p>Une échelle</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "published": "2026-11-20T10:00:00Z",
    }

    page = await alice.send("/pourquoi", {"address": ADDRESS}, form_on="/pourquoi")

    assert "Personne ne suit encore Zoe d’ici" in page.words()
    assert page.html.xpath("//a[starts-with(@href, '/authorize_interaction?uri=')]")


async def test_what_is_here_leads_to_its_page(alice: Browser, lomme: Village) -> None:
    page = await alice.send("/pourquoi", {"address": lomme.sewing.post.uri}, form_on="/pourquoi")

    assert page.html.xpath(f"//a[@href='/annonces/d/{lomme.sewing.id}']")


async def test_empty_form_comes_back_with_a_sentence(alice: Browser) -> None:
    page = await alice.send("/pourquoi", {"address": " "}, form_on="/pourquoi")

    assert page.status == 422 and "Collez l’adresse de l’annonce." in page.words()
