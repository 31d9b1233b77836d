"""A listing for a community alone: chosen in the form among one's own, and said on its page."""

import pytest

from federation.instance import Instance
from models.communities.communities import Community
from models.people import actors
from models.store.database import connection, fetch_column, transaction
from outbox.communities.leaving import leave
from tests.factories import HERE, make_member
from tests.outbox.communities.sample_community import found, put_in
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, errors, send_form
from tests.web.pages.listings.publish.test_several import PAGE as SEVERAL
from tests.web.pages.listings.publish.test_several import send

CHOICE = "community:remorques"


@pytest.fixture
async def community(instance: Instance, lomme: Village) -> Community:
    """Alice is in Wanda's community."""
    async with transaction(instance.pool) as conn:
        community = await found(conn, await make_member(conn, "wanda"))
        await put_in(conn, await actors.get_local(conn, "alice"), community)
    return community


async def test_it_is_chosen_in_the_form_and_stays_among_members(
    alice: Browser, visitor: Browser, community: Community, instance: Instance
) -> None:
    page = await alice.get("/publier")
    assert page.html.xpath(f"string(//option[@value='{CHOICE}'])") == "Seulement dans Remorques en commun"

    fields = changed(page, title="Remorque", mode="loan", audience=CHOICE, act="publish")
    answer = await send_form(alice, "/publier", page, fields)

    assert answer.status == 303, errors(answer)
    listing = answer.location.partition("?")[0]
    assert "Reste entre nous" in (await alice.get(listing)).words()
    assert (await visitor.get(listing)).status == 404
    again = await alice.get(f"{listing}/modifier")
    assert again.html.xpath("string(//select[@name='audience']/option[@selected]/@value)") == CHOICE
    async with transaction(instance.pool) as conn:
        await leave(conn, HERE, await actors.get_local(conn, "alice"), community)
    left = (await alice.get(listing)).words()
    assert "En pause : vous avez quitté Remorques en commun." in left and "Reste entre nous" not in left


async def test_a_community_that_she_is_not_in_cannot_be_chosen(alice: Browser) -> None:
    page = await alice.get("/publier")

    answer = await send_form(alice, "/publier", page, changed(page, title="Remorque", mode="loan", audience=CHOICE))

    assert answer.status == 422 and list(errors(answer)) == ["audience"]


async def test_a_table_says_by_name_inside_which_community_a_listing_stays(
    alice: Browser, community: Community, instance: Instance
) -> None:
    page, right = await alice.get(SEVERAL), "titre;mode;visible par\r\nRemorque;prêt;Remorques en commun\r\n"
    assert "Remorques en commun" in page.html.xpath("string(//aside)")

    looked = await send(alice, page, table=f"{right}Diable;prêt;les voisins\r\n")
    [fault] = looked.html.xpath("//section[@id='erreurs']//li")
    assert "Ligne 3" in fault.text_content() and "Remorques en commun" in fault.text_content()

    ready = await send(alice, page, table=right)
    assert "dans une communauté" in ready.html.xpath("string(//section[@aria-labelledby='apercu'])")
    assert (await send(alice, ready, act="publish")).status == 303
    async with connection(instance.pool) as conn:
        kept = await fetch_column(conn, "SELECT community_id FROM post WHERE audience = 'community'")
    assert kept == [community.actor_id]
