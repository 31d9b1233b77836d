"""Mails that did not leave, for administrators: to whom, what kind and why, never what they say."""

from functools import partial

from aiohttp import web

from models.news import news_mails
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.mail.smtp import MailCause
from web.pages.access.login import has_mail
from web.pages.posts.feeds import read_page
from web.rendering.i18n import Say
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = 50

CAUSES: dict[str, str] = {
    MailCause.AWAY: N_("Le serveur de courriel ne répond pas. Vérifiez DECLIC_SMTP_URL et que ce serveur tourne."),
    MailCause.LOGIN: N_("Le serveur de courriel refuse notre nom ou notre mot de passe. Vérifiez DECLIC_SMTP_URL."),
    MailCause.BUSY: N_("Le serveur de courriel demande d’attendre."),
    MailCause.ADDRESS: N_("L’adresse n’existe pas, ou refuse nos courriels. La personne le voit dans ses réglages."),
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
    "repair_call": N_("Une panne près de chez ce membre"),
    "disk_space": N_("La place qui manque sur le disque"),
    "decision": N_("Une décision de l’équipe"),
    "archive": N_("Vos données à emporter"),
    "leaving": N_("Un départ"),
    "leaving_soon": N_("Un départ"),
    "factors": N_("La connexion en deux étapes"),
    "detour": N_("Un message qui passe par courriel"),
    "guest": N_("Un courriel à une personne sans compte, qui écrit à ce membre"),
}


async def list_troubles(request: web.Request) -> web.Response:
    """GET /coop/courriels."""
    require_right(request, "mails")
    before = read_page(request).before
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await news_mails.list_failed(conn, before=before, limit=PAGE)
    return await render(
        request,
        "settings/mails.html",
        troubles=found,
        last=found[-1].id if len(found) == PAGE else None,
        mail=has_mail(request),
        describe_cause=partial(describe_cause, partial(say, request)),
        describe_kind=partial(describe_kind, partial(say, request)),
    )


def describe_cause(say: Say, cause: str) -> str:
    """Why a mail did not leave, and what to do."""
    return say(CAUSES.get(cause, CAUSES[MailCause.INTERRUPTED]))


def describe_kind(say: Say, kind: str) -> str:
    """What kind of mail it was."""
    return say(KINDS[kind]) if kind in KINDS else say(N_("Votre compte"))
