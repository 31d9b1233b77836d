"""A listing for a community alone: chosen in the form among one's own, and said on its page."""

import pytest

from federation.instance import Instance
from models.communities.communities import Community
from models.people import actors
from models.store.database import transaction
from outbox.communities.leaving import leave
from tests.factories import HERE, make_member
from tests.outbox.communities.sample_community import found, put_in
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from tests.web.pages.listings.publish.test_publish_page import changed, errors, send_form

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
