"""What the site says of itself: its address, what the law asks for, its communes, its end."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from models import preferences
from models.coop import opening, shutdown
from models.places import communes
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.news.trouble_words import count_words
from web.rendering.formats import count_days_left
from web.rendering.render import N_

LEGAL: Mapping[str, str] = MappingProxyType(
    {
        "legal_director": N_("Le site ne dit pas qui dirige la publication, ce que la loi demande à une association."),
        "contact_email": N_(
            "Le site ne donne pas d’adresse où écrire à la coop : qui demande ses données ne sait pas à qui."
        ),
    }
)
"""What else the legal notice has to say (LCEN, article 1-1), and what is said where it does not."""

COMMUNES_LAST = timedelta(days=548)
"""A year and a half: that of a year comes out in spring."""


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
    """Who publishes, who answers for it, whom one writes to, who hosts."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        chosen = await preferences.load(conn)
    if opening.list_missing(chosen):
        return Finding(
            severity="warning",
            what=at.say(N_("Le site ne dit pas qui le publie, ou qui l’héberge, ce que la loi demande.")),
            mend=at.say(N_("Dites-le dans les réglages, ou ainsi :")),
            command="declic settings set legal_publisher …",
        )
    for name, words in LEGAL.items():
        if not getattr(chosen, name).strip():
            return Finding(
                severity="warning",
                what=at.say(words),
                mend=at.say(N_("Dites-le dans les réglages, ou ainsi :")),
                command=f"declic settings set {name} …",
            )
    return ok(at.say(N_("Le site dit qui le publie, qui l’héberge et à qui écrire.")))


async def check_communes(at: Patient) -> Finding:
    """Whether the list of communes is that of these years."""
    today, year = datetime.now(UTC).date(), communes.EDITION.year
    if today < communes.EDITION + COMMUNES_LAST:
        return ok(at.say(N_("La liste des communes est celle de %(year)s."), year=year))
    return Finding(
        severity="warning",
        what=at.say(
            N_("La liste des communes est encore celle de %(year)s : celles qui ont fusionné depuis y manquent."),
            year=year,
        ),
        mend=at.say(N_("Elle vient avec Déclic : installez une version plus récente. Vous avez celle-ci :")),
        command="declic --version",
    )


async def check_shutdown(at: Patient) -> Finding:
    """Whether the instance is to end, and in how many days."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await shutdown.find(conn)
    if found is None:
        return ok(at.say(N_("Aucune fermeture n’est prévue.")))
    left = count_days_left(found.due_at)
    if not left:
        return Finding(
            severity="warning",
            what=at.say(N_("La plateforme ferme pour toujours\u00a0: c’est pour aujourd’hui, ou c’est commencé.")),
            mend=at.say(N_("Laissez-la marcher jusqu’à ce que les autres plateformes l’aient appris\u00a0:")),
            command="declic shutdown-instance",
        )
    return Finding(
        severity="warning",
        what=count_words(
            at.say,
            left,
            N_("La plateforme ferme pour toujours dans un jour."),
            N_("La plateforme ferme pour toujours dans %(count)s\u00a0jours."),
        ),
        mend=at.say(N_("Jusque-là, cela s’annule, à La coop, « Ouverture au public », ou ainsi\u00a0:")),
        command="declic shutdown-instance --take-back",
    )
