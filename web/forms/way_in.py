"""How somebody may join just now, and what she is asked: by an invitation or without, with a yes to the charter."""

from dataclasses import dataclass, replace

from federation.instance import Instance
from models.coop import shutdown
from models.moderation import excluded_addresses
from models.people import sign_ups
from models.people.documents import versions
from models.people.documents.versions import DocumentVersion
from models.people.invitations.entries import Entry
from models.people.invitations.invitations import Invitation
from models.preferences import Registration
from models.store.database import Connection
from web.forms.form import Form
from web.security.invitation_links import find_invitation

INVITATION_FIELD = "invitation"

VERSIONS_FIELD = "versions"

ACCEPT_FIELD = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """`mode` is how one joins here by this invitation, or without one where it is None.

    `lost` is an invitation that was followed and serves no more; `documents` are what stands, to be accepted.
    """

    mode: Registration
    invitation: Invitation | None
    lost: bool
    documents: tuple[DocumentVersion, ...]

    @property
    def version_ids(self) -> str:
        """What the form carries, so that a yes is to what was read."""
        return " ".join(str(one.id) for one in self.documents)

    def bring(self, version_ids: tuple[int, ...]) -> Entry:
        """What somebody brings along who accepts these versions."""
        invitation = self.invitation
        return Entry(
            invitation_id=invitation.id if invitation is not None else None,
            proven_email=(invitation.email or "") if invitation is not None else "",
            version_ids=version_ids,
        )


async def find_way_in(conn: Connection, instance: Instance, token: str) -> WayIn:
    """How whoever comes with this token, or with "", joins just now."""
    mode = await sign_ups.find_registration(conn)
    invitation = await find_invitation(conn, instance, token) if token else None
    lost = bool(token) and (invitation is None or invitation.state != "open")
    if invitation is not None and not lost and await shutdown.find_day(conn) is None:
        mode = "approval" if invitation.needs_yes else "open"
    return WayIn(
        mode=mode,
        invitation=None if lost else invitation,
        lost=lost,
        documents=tuple(await versions.list_current(conn)),
    )


async def find_way_of(conn: Connection, way: WayIn, email: str) -> WayIn:
    """The same for who has this address: whoever is suspended or was excluded asks for a yes, by whichever way."""
    if way.mode == "open" and await excluded_addresses.find(conn, email) is not None:
        return replace(way, mode="approval")
    return way


def read_entry(form: Form, way: WayIn) -> Entry:
    """What she brings along; the form is told where a yes is missing, or was to a version that stands no more."""
    if way.lost:
        form.fail(
            "",
            "Cette invitation ne sert plus : ses places sont prises, ou elle a été arrêtée. Vous pouvez envoyer ce "
            "formulaire sans elle.",
        )
    if way.documents and form.typed(VERSIONS_FIELD) != way.version_ids:
        form.fail(
            ACCEPT_FIELD,
            "Le texte vient de changer : lisez la nouvelle version, puis cochez la case. Le reste est gardé.",
        )
    elif way.documents and not form.flag(ACCEPT_FIELD):
        form.fail(ACCEPT_FIELD, "Lisez le texte, puis cochez la case si vous l’acceptez.")
    return way.bring(tuple(one.id for one in way.documents))
