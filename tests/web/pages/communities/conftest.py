"""A community of the village, which Alice manages, with a neighbour's yes awaited."""

from dataclasses import dataclass
from typing import Any

import pytest

from federation.instance import Instance
from models.communities.communities import Community, CommunitySettings
from models.people.actors import Actor
from models.store.database import Connection, transaction
from outbox.communities.founding import CommunityDraft, create
from tests.outbox.communities.sample_community import CHARTER, make_key_pairs_once
from tests.sample_village import Village
from tests.web.pages.conftest import SITE


async def found(conn: Connection, founder: Actor, username: str = "remorques", **settings: Any) -> Community:
    """A community founded by this member."""
    draft = CommunityDraft(
        name=f"Les {username} en commun",
        description="On se prête nos remorques.",
        settings=CommunitySettings(**({"access": "on_request"} | settings)),
        username=username,
        charter=CHARTER,
    )
    return await create(conn, SITE, founder, draft, await make_key_pairs_once())


@dataclass(frozen=True, slots=True, kw_only=True)
class Communities:
    """One that anybody may know of, and a hidden one; Alice founded both."""

    seen: Community
    hidden: Community


@pytest.fixture
async def communities(instance: Instance, lomme: Village) -> Communities:
    """Both of them."""
    async with transaction(instance.pool) as conn:
        return Communities(
            seen=await found(conn, lomme.alice), hidden=await found(conn, lomme.alice, "secrets", hidden=True)
        )
