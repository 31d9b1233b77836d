"""What was decided in a community: each line can be shown by its address."""

from dataclasses import replace

from aiohttp import web

from models.communities import decisions
from models.communities.decisions import CommunityDecision, DecisionKind
from models.errors import NotFound
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.communities.visit import Visit, find_visit
from web.rendering.render import N_, render

PAGE = 40

WORDS: dict[DecisionKind, str] = {
    "created": N_("La communauté est fondée"),
    "edited": N_("Ce que la communauté dit d’elle, ou ses réglages, ont changé"),
    "charter": N_("Une version de la charte est publiée"),
    "asked": N_("Une demande pour entrer"),
    "approved": N_("Une voix pour quelqu’un qui demande à entrer"),
    "joined": N_("Une personne est entrée"),
    "refused": N_("Une personne n’est pas entrée"),
    "invited": N_("Une personne est invitée"),
    "declined": N_("Une personne invitée a dit non"),
    "left": N_("Une personne est partie"),
    "removed": N_("Une personne a été exclue"),
    "expired": N_("Une adhésion est arrivée à son terme"),
    "member": N_("Une personne a rendu son rôle, ou ne l’a plus"),
    "moderator": N_("Une personne modère maintenant la communauté"),
    "manager": N_("Une personne gère maintenant la communauté"),
    "hidden": N_("Quelque chose a été retiré de la communauté"),
    "shown": N_("Quelque chose qui était retiré se montre de nouveau"),
    "dismissed": N_("Un signalement a été lu, et rien n’a changé"),
    "unmanaged": N_("Plus personne ne gère la communauté : l’équipe de la coop est prévenue"),
    "hold_asked": N_("Une coop est invitée à porter la communauté avec la nôtre"),
    "held": N_("Une coop porte maintenant la communauté avec la nôtre"),
    "hold_declined": N_("Une coop ne souhaite pas porter la communauté"),
    "hold_ended": N_("Une coop ne porte plus la communauté"),
    "moved": N_("La communauté vit maintenant ailleurs"),
    "opened_anew": N_("La communauté rouvre ici, et ses membres sont invités"),
    "ended": N_("La dernière personne est partie : la communauté est finie"),
}

OPEN_TO_MEMBERS: frozenset[DecisionKind] = frozenset({
    "created", "edited", "charter", "joined", "moderator", "manager", "unmanaged", "ended",
})  # fmt: skip
"""Of what members read who did it, about whom, and why. Of all else who leads the community reads it, and who it is
about; the others read that it was decided.
"""


async def show_decisions(request: web.Request) -> web.Response:
    """GET /communautes/NAME/decisions?avant=: for members."""
    before = find_id(request.query.get("avant", ""))
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        if not visit.member:
            raise NotFound
        found = await decisions.list_decisions(conn, visit.community.actor_id, before=before, limit=PAGE + 1)
    return await render(
        request,
        "communities/decisions.html",
        visit=visit,
        lines=[_discreet(visit, one) for one in found[:PAGE]],
        words=WORDS,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _discreet(visit: Visit, one: CommunityDecision) -> CommunityDecision:
    own = visit.reader is not None and visit.reader.id in (one.actor_id, one.subject_id)
    if visit.leads or own or one.kind in OPEN_TO_MEMBERS:
        return one
    return replace(one, actor_id=None, actor_name="", subject_id=None, subject_name="", reason="")
