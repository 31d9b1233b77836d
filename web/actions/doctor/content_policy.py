"""What browsers of visitors refused on our pages by our own content policy (CSP), as they told it."""

from collections.abc import Mapping
from types import MappingProxyType

from models.coop import policy_reports
from models.coop.policy_reports import DAYS, Source
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

FEW = 50
"""Anybody may send some, and an extension of a browser looks like a page of ours."""

LASTING = 3
"""On fewer days it was one visitor, or somebody's joke."""

SOURCES: Mapping[Source, str] = MappingProxyType(
    {
        "inline": N_("écrit dans la page"),
        "eval": N_("fait par un script"),
        "data": N_("donné dans l’adresse"),
        "here": N_("venu d’ici"),
        "elsewhere": N_("venu d’un autre site"),
    }
)


async def check_content_policy(at: Patient) -> Finding:
    """Whether something on a page does not work, since the page may not load or run it."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        worst = await policy_reports.find_worst(conn, lasting=LASTING)
    if worst is None:
        return ok(at.say(N_("Aucun navigateur n’a rien refusé sur les pages cette semaine (CSP).")))
    if worst.times < FEW or worst.days < LASTING:
        words = N_("Des navigateurs ont refusé quelque chose %(count)s fois cette semaine (CSP) : c’est peu.")
        return ok(at.say(words, count=worst.total))
    return Finding(
        severity="warning",
        what=at.say(
            N_(
                "En %(days)s\u00a0jours, des navigateurs ont refusé %(count)s fois quelque chose sur la page "
                "%(page)s : %(source)s (%(directive)s)."
            ),
            days=DAYS,
            count=worst.times,
            page=worst.page,
            source=at.say(SOURCES[worst.source]),
            directive=worst.directive,
        ),
        mend=at.say(
            N_(
                "Le serveur web ajoute peut-être quelque chose aux pages, ou sa propre règle "
                "(Content-Security-Policy)\u00a0: retirez-le. Sinon, dites-le à qui fait "
                "Déclic. Voyez la règle telle qu’elle arrive\u00a0:"
            )
        ),
        command=f"curl -sI {at.settings.url}/ | grep -i content-security-policy",
        quiet=True,
    )
