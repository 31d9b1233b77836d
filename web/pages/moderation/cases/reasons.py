"""Which reasons a decision may rest on: the cooperative's own rules first."""

from collections.abc import Sequence

from models.people.documents.rules import list_rules
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_

OTHER = "other"
"""A reason that only the words say."""

GENERAL = (
    N_("Annonce trompeuse"),
    N_("Publicité, ou arnaque"),
    N_("Paroles blessantes, ou menaces"),
    N_("Vente ou objet que la loi interdit"),
    N_("Vie privée d’une autre personne"),
)
"""What holds everywhere."""


async def list_reasons(conn: Connection, say: Say) -> Sequence[str]:
    """What can be chosen, as the person will read it: the charter that stands, then what holds anywhere."""
    articles = [
        say(N_("Point %(number)s de la charte : %(text)s"), number=one.number, text=one.text)
        for one in await list_rules(conn)
    ]
    return [*articles, *(say(reason) for reason in GENERAL)]
