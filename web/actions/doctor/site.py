"""What the site says of itself: its address, and what the law asks for."""

from urllib.parse import urlsplit

from models import preferences
from models.coop import opening
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_


async def check_url(at: Patient) -> Finding:
    """Whether the address is one that others can use."""
    url = at.settings.url
    if at.settings.test_federation:
        return Finding(
            severity="warning",
            what=at.say(N_("%(url)s échange avec des réseaux privés : c’est un réglage pour essayer."), url=url),
            mend=at.say(N_("Retirez DECLIC_TEST_FEDERATION avant d’ouvrir.")),
        )
    if urlsplit(url).scheme != "https":
        return Finding(
            severity="error",
            what=at.say(N_("%(url)s n’est pas une adresse en https : aucune autre coop ne lui répondra."), url=url),
            mend=at.say(
                N_("DECLIC_URL est l’adresse que les gens tapent, pour toujours. Changez-la avant le premier échange.")
            ),
        )
    return ok(at.say(N_("L’adresse de la plateforme est %(url)s."), url=url))


async def check_legal(at: Patient) -> Finding:
    """Who publishes and who hosts."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        missing = opening.list_missing(await preferences.load(conn))
    if missing:
        return Finding(
            severity="warning",
            what=at.say(N_("Le site ne dit pas qui le publie, ou qui l’héberge, ce que la loi demande.")),
            mend=at.say(N_("Dites-le dans les réglages, ou ainsi :")),
            command="declic settings set legal_publisher …",
        )
    return ok(at.say(N_("Le site dit qui le publie et qui l’héberge.")))
