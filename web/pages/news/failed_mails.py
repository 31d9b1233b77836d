"""Mails that did not leave, for administrators: to whom, what kind and why, and sent again; never what they say."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from models.news import unsent_mails
from models.news.unsent_mails import FailedMail
from models.people.invitations import mailings
from models.store.database import Connection, connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.mail.smtp import MailCause
from web.pages.access.login import has_mail, require_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.posts.feeds import read_page
from web.rendering.i18n import Say
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = 50

CAUSES: dict[str, str] = {
    MailCause.AWAY: N_("Le serveur de courriel ne répond pas. Vérifiez DECLIC_SMTP_URL et que ce serveur tourne."),
    MailCause.LOGIN: N_("Le serveur de courriel refuse notre nom ou notre mot de passe. Vérifiez DECLIC_SMTP_URL."),
    MailCause.BUSY: N_("Le serveur de courriel demande d’attendre."),
    MailCause.ADDRESS: N_("L’adresse n’existe pas, ou refuse nos courriels. Dites-le-lui autrement."),
    MailCause.REFUSED: N_("Le serveur de courriel a refusé ce courriel. Son journal dit pourquoi."),
    MailCause.INTERRUPTED: N_("L’envoi a été coupé : il est peut-être arrivé. Nous ne l’envoyons pas deux fois."),
}

KINDS: dict[str, str] = {
    "thread": N_("Un échange"),
    "news": N_("Des nouvelles"),
    "login": N_("Un lien pour entrer"),
    "known": N_("Un lien pour entrer"),
    "confirm": N_("Une adresse à confirmer"),
    "address": N_("Une adresse à confirmer"),
    "password": N_("Un mot de passe à choisir"),
    "unattended": N_("Les inscriptions qui attendent"),
    "waiting_hosts": N_("Les sites inconnus qui attendent"),
    "staff_news": N_("Ce qui attend l’équipe"),
    "staff_reports": N_("Des signalements qui attendent"),
    "staff_sign_ups": N_("Des demandes d’entrée qui attendent"),
    "sign_up_welcome": N_("Un oui à une demande d’entrée"),
    "sign_up_question": N_("Une question sur une demande d’entrée"),
    "alerts": N_("Ce que les alertes de ce membre ont trouvé"),
    "repair_call": N_("Une panne près de chez ce membre"),
    "disk_space": N_("La place qui manque sur le disque"),
    "health": N_("Ce qui ne va pas sur la machine"),
    "figures": N_("Les chiffres du mois, pour la collectivité"),
    "decision": N_("Une décision de l’équipe"),
    "sign_up_refused": N_("Un non à une demande d’entrée"),
    "sign_up_expired": N_("Une demande d’entrée restée sans réponse"),
    "invitation": N_("Une invitation"),
    "member_letter": N_("Un premier lien"),
    "report_receipt": N_("L’accusé de réception d’un signalement"),
    "report_answer": N_("La réponse à un signalement"),
    "archive": N_("Vos données à emporter"),
    "leaving": N_("Un départ"),
    "leaving_soon": N_("Un départ"),
    "shutdown": N_("La fermeture de la plateforme"),
    "shutdown_soon": N_("La fermeture de la plateforme"),
    "shutdown_over": N_("La fermeture de la plateforme"),
    "shutdown_archive": N_("Vos données à emporter"),
    "factors": N_("La connexion en deux étapes"),
    "detour": N_("Un message qui passe par courriel"),
    "guest": N_("Un courriel à une personne sans compte, qui écrit à ce membre"),
    "passer_by": N_("Un courriel à une personne sans compte, qui appelle pour son vélo"),
}


REPORTS = frozenset({"report_receipt", "report_answer"})
"""Whose receiver is not named: the report may be about whoever reads this."""

SENTENCES = {
    "again": N_("Il part dans un instant. S’il ne part toujours pas, il revient ici."),
    "many": N_("Ils partent dans un instant. Ceux qui ne partent toujours pas reviennent ici."),
    "nothing": N_("Il n’y a plus rien à renvoyer : le courriel est parti, ou quelqu’un s’en est occupé."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLine:
    """A mail that did not leave, to whom, and the page that leads to another way: her own, or the thing's."""

    mail: FailedMail
    who: str
    href: str
    again: bool


async def list_troubles(request: web.Request) -> web.Response:
    """GET /coop/courriels."""
    require_right(request, "mails")
    before = read_page(request).before
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await unsent_mails.list_failed(conn, before=before, limit=PAGE)
        lines = [await _make_line(conn, one) for one in found]
    return await render(
        request,
        "settings/mails.html",
        troubles=lines,
        last=found[-1].id if len(found) == PAGE else None,
        mail=has_mail(request),
        several=sum(one.again and one.mail.cause in unsent_mails.PASSING for one in lines) > 1,
        said=find_flash_message(request, SENTENCES),
        describe_cause=partial(describe_cause, partial(say, request)),
        describe_kind=partial(describe_kind, partial(say, request)),
    )


async def post_again(request: web.Request) -> web.Response:
    """POST /coop/courriels: one is sent again, or all whose cause may be over."""
    require_right(request, "mails")
    require_mail(request)
    form = await read_form(request)
    one = form.text("id", limit=19)
    async with transaction(request.app[INSTANCE].pool) as conn:
        sent = await unsent_mails.send_again(conn, read_id(one) if one else None)
    raise redirect_with_message("/coop/courriels", ("again" if one else "many") if sent else "nothing")


async def _make_line(conn: Connection, mail: FailedMail) -> FailedLine:
    if mail.username is not None:
        who, href = mail.name or mail.username, f"/coop/membres/{mail.username}"
    else:
        who, href = await _find_stranger(conn, mail.kind, mail.payload or {})
    again = mail.state == "failed" and mail.payload is not None and mail.cause != MailCause.INTERRUPTED
    return FailedLine(mail=mail, who=who, href=href, again=again)


async def _find_stranger(conn: Connection, kind: str, told: dict[str, Any]) -> tuple[str, str]:
    """Whom a mail to somebody without an account is for, where she may be named, and another way."""
    if kind in REPORTS:
        return "", f"/coop/signalements/{told['id']}"
    if kind == "invitation":
        invited = await mailings.find_mailed(conn, told["id"])
        return invited.email if invited is not None else "", "/coop/invitations#courriels"
    email = told.get("email", "")
    return told.get("name") or email, f"mailto:{email}"


def describe_cause(say: Say, cause: str) -> str:
    """Why a mail did not leave, and what to do."""
    return say(CAUSES.get(cause, CAUSES[MailCause.INTERRUPTED]))


def describe_kind(say: Say, kind: str) -> str:
    """What kind of mail it was."""
    return say(KINDS[kind]) if kind in KINDS else say(N_("Votre compte"))
