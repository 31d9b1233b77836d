"""A community of the village, entered from two cooperatives, with everything that its pages can show; and a copy."""

from datetime import UTC, datetime, timedelta

from federation.own_keys.key_pairs import make_key_pairs
from models.communities import charters, communities, memberships
from models.communities.charters import NewCharter
from models.communities.communities import CommunitySettings
from models.communities.memberships import Change
from models.people import actors
from models.settings import Settings
from models.store.database import Connection
from outbox.communities.approvals import approve
from outbox.communities.charters import publish_charter_version
from outbox.communities.founding import CommunityDraft, create
from outbox.communities.invitations import invite
from outbox.communities.joining import JoinRequest, join
from tests.factories import make_listing, make_remote_actor
from tests.sample_village import Village

FIRST = "1. Prêt gratuit, deux jours au plus.\n2. La casse se dit le jour même."

SECOND = "1. Prêt gratuit, trois jours au plus.\n2. La casse se dit le jour même. La caisse paie au-delà de 20 €."


async def add_sample_community(conn: Connection, village: Village) -> None:
    """Maryse manages it; Medhi has not said yes to its second version, Hocine asks, Nadia is invited."""
    site, alice = village.site, village.alice
    draft = CommunityDraft(
        name="Remorques en commun",
        description="On se prête nos remorques, nos vélos-cargos et nos diables, pour déménager sans camion.",
        settings=CommunitySettings(access="on_request"),
        username="remorques",
        charter=FIRST,
    )
    made = await create(conn, site, alice, draft, await make_key_pairs(Settings(url=site.url)))
    medhi = await actors.get_local(conn, "medhi")
    for person in (medhi, village.bob):
        await join(conn, site, person, made, JoinRequest(version=1))
        await approve(conn, site, alice, made, person)
    new = NewCharter(
        version=2, text=SECOND, changes="Trois jours au lieu de deux.", due_at=datetime.now(UTC) + timedelta(days=30)
    )
    made = await publish_charter_version(conn, site, alice, made, new)
    await invite(conn, site, alice, made, village.admin)
    await join(conn, site, village.hocine, made, JoinRequest(version=2, message="J’ai deux diables."))
    for title in ("Remorque à vélo, 60 kilos", "Deux diables, l’un pliant"):
        await make_listing(conn, alice, title=title, post={"audience": "community", "community_id": made.actor_id})
    group = await make_remote_actor(
        conn, "velos", "henin.test", type="Group", name="Vélos partagés", summary="<p>On se prête nos vélos.</p>"
    )
    await communities.save_remote(conn, group.id, CommunitySettings(access="on_request"))
    await charters.save_remote(conn, group.id, NewCharter(version=1, text=FIRST))
    await memberships.save(conn, group.id, alice.id, Change(state="asked", accepted_version=1))
