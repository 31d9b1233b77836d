"""Pages of the administration, as an administrator opens each."""

from collections.abc import Callable

from models.people.actors import Actor
from tests.sample_village import Village


def admin(village: Village) -> Actor:
    """The administrator."""
    return village.admin


COOP_PAGES: dict[str, tuple[str, Callable[[Village], Actor], int]] = {
    "directory kept by an admin": ("/coop/territoires", admin, 200),
    "home of the coop": ("/coop", admin, 200),
    "mails that are stuck": ("/coop/courriels", admin, 200),
    "settings": ("/coop/reglages", admin, 200),
    "who left": ("/coop/departs", admin, 200),
    "servers set aside": ("/coop/serveurs/liste", admin, 200),
    "all points": ("/coop/points", admin, 200),
    "points of a member": ("/coop/points/alice", admin, 200),
    "letters of strangers": ("/coop/inconnus", admin, 200),
    "requests to join": ("/coop/demandes", admin, 200),
    "members": ("/coop/membres", admin, 200),
    "invitations": ("/coop/invitations", admin, 200),
    "one invitation": ("/coop/invitations/77", admin, 200),
    "charter to write": ("/coop/documents/charte", admin, 200),
    "new member": ("/coop/membres/nouveau", admin, 200),
    "member": ("/coop/membres/alice", admin, 200),
    "on duty": ("/coop/permanence", admin, 200),
    "places": ("/coop/lieux", admin, 200),
    "place to keep": ("/coop/lieux/nadia", admin, 200),
    "servers": ("/coop/serveurs", admin, 200),
    "server": ("/coop/serveurs/henin.test", admin, 200),
}
