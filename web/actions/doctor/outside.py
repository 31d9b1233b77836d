"""How the instance is reached from outside, and whether it reaches the mail server; asked as anybody would ask."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from federation.errors import Cause, FetchFailed
from federation.http_client.own_address import OwnAnswer, ask_ourselves
from models.store.database import connection
from models.traffic.peer_traffic import find_clocks
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless, skip_unreached
from web.mail.smtp import MailCause, MailServer, log_in, read_smtp_url
from web.news.trouble_words import count_words
from web.rendering.i18n import Say
from web.rendering.render import N_

RENEWED_WITHIN = timedelta(days=14)
"""Caddy and certbot renew a month before the end: with less left, it did not work for weeks."""

CLOCK_SECONDS = 30
"""A clock that is kept by the network is never so far from others."""

MOST_CLOCK_SECONDS = 300
"""From here on other servers refuse what we sign."""

UNTOLD_CLOCK = N_("Trop peu d’autres plateformes ont répondu depuis un jour pour dire si l’horloge est juste.")

MAIL_SECONDS = 7
"""A mail server that lets nobody in by then is as good as away; whoever opened the page waits for this."""

SMTP = "smtp"
"""The name by which it is remembered that our mail server refused us."""

NAMES_FAIL = frozenset({Cause.NAME_NOT_FOUND, Cause.NAME_UNANSWERED})

CERTIFICATE_FAILS = frozenset(
    {
        Cause.CERTIFICATE_EXPIRED,
        Cause.CERTIFICATE_NOT_YET_VALID,
        Cause.CERTIFICATE_WRONG_NAME,
        Cause.CERTIFICATE_UNTRUSTED,
        Cause.TLS,
    }
)

MAIL_CAUSES: Mapping[MailCause, str] = MappingProxyType(
    {
        MailCause.LOGIN: N_("Le serveur de courriel %(host)s refuse le nom ou le mot de passe."),
        MailCause.AWAY: N_("Le serveur de courriel %(host)s n’est pas joignable."),
        MailCause.BUSY: N_("Le serveur de courriel %(host)s ne prend rien en ce moment."),
    }
)


async def check_reachable(at: Patient) -> Finding:
    """Whether our address leads here."""
    host = at.settings.site.host
    try:
        answer = await _ask(at, "/.well-known/nodeinfo")
    except FetchFailed as failed:
        return _explain_unreached(at, failed)
    if answer.status >= 500:
        return Finding(
            severity="error",
            what=at.say(
                N_(
                    "%(host)s répond par une panne (%(status)s) : le serveur web est là, mais ne trouve pas "
                    "Déclic derrière lui."
                ),
                host=host,
                status=answer.status,
            ),
            mend=at.say(N_("Voyez si Déclic marche, et si DECLIC_LISTEN est l’adresse que le serveur web appelle :")),
            command="systemctl status declic",
        )
    if answer.status != 200 or at.settings.url.encode() not in answer.body:
        return Finding(
            severity="error",
            what=at.say(N_("À l’adresse %(host)s, c’est autre chose que cette plateforme qui répond."), host=host),
            mend=at.say(
                N_("Voyez quel site le serveur web montre sous ce nom, et s’il transmet le nom demandé (Host).")
            ),
            command=f"curl -si {at.settings.url}/.well-known/nodeinfo",
        )
    return ok(at.say(N_("%(host)s mène bien ici."), host=host))


async def check_webfinger(at: Patient) -> Finding:
    """Whether others find our accounts."""
    host, path = at.settings.site.host, "/.well-known/webfinger?resource="
    account = f"acct:coop@{host}"
    try:
        answer = await _ask(at, path + quote(account, safe=""))
    except FetchFailed:
        return skip_unreached(at)
    if answer.status != 200 or b'"subject"' not in answer.body:
        return Finding(
            severity="error",
            what=at.say(
                N_("Les autres plateformes ne trouvent pas les comptes d’ici : leur annuaire répond %(status)s."),
                status=answer.status,
            ),
            mend=at.say(
                N_("Le serveur web doit transmettre /.well-known/webfinger à Déclic, avec ce qui suit le « ? ».")
            ),
            command=f"curl -si '{at.settings.url}{path}{account}'",
        )
    return ok(at.say(N_("Les autres plateformes trouvent les comptes d’ici.")))


async def check_certificate(at: Patient) -> Finding:
    """How long the certificate is good for."""
    host = at.settings.site.host
    if urlsplit(at.settings.url).scheme != "https":
        return skip_needless(at.say(N_("Sans https, il n’y a pas de certificat.")))
    try:
        until = (await _ask(at, "/healthz")).certificate_until
    except FetchFailed as failed:
        if failed.cause in CERTIFICATE_FAILS:
            return _explain_unreached(at, failed)
        return skip_unreached(at)
    assert until is not None
    left = until - datetime.now(UTC)
    if left < RENEWED_WITHIN:
        return Finding(
            severity="warning",
            what=at.say(
                N_("Le certificat de %(host)s se termine %(when)s et n’a pas été renouvelé."),
                host=host,
                when=tell_when(at.say, left.days),
            ),
            mend=at.say(N_("Voyez pourquoi le serveur web n’y arrive pas ; il lui faut le port 80 :")),
            command="journalctl -u caddy -u nginx -u certbot -n 50",
        )
    return ok(at.say(N_("Le certificat de %(host)s est bon pour %(days)s\u00a0jours."), host=host, days=left.days))


def tell_when(say: Say, days: int) -> str:
    """In how many days; those that have begun do not count."""
    if days < 1:
        return say(N_("dans moins d’un jour"))
    return count_words(say, days, N_("dans un jour"), N_("dans %(count)s\u00a0jours"))


async def check_redirect(at: Patient) -> Finding:
    """Whether whoever types the address without https gets there."""
    parts = urlsplit(at.settings.url)
    if parts.scheme != "https" or parts.port not in (None, 443):
        return skip_needless(at.say(N_("Cette adresse n’a pas de port 80 à elle.")))
    try:
        answer = await ask_ourselves(at.settings.site, "/", plain=True)
    except FetchFailed:
        answer = None
    if answer is None or not answer.location.startswith("https://"):
        return Finding(
            severity="warning",
            what=at.say(N_("Qui tape %(host)s sans « https » n’arrive pas ici."), host=at.settings.site.host),
            mend=at.say(N_("Le serveur web doit répondre au port 80 et mener à https.")),
            command=f"curl -sI http://{at.settings.site.host}/",
        )
    return ok(at.say(N_("Qui tape l’adresse sans « https » arrive quand même ici.")))


async def check_mail_server(at: Patient) -> Finding:
    """Whether the mail server lets us in."""
    if at.settings.smtp_url is None:
        return Finding(
            severity="warning",
            what=at.say(N_("Aucun serveur de courriel n’est nommé : ni liens pour entrer, ni nouvelles.")),
            mend=at.say(N_("Nommez-le dans DECLIC_SMTP_URL, comme smtps://nom:motdepasse@hote:465, et redémarrez.")),
        )
    server = read_smtp_url(at.settings.smtp_url, at.settings.site)
    if at.dear == "due" and _was_refused(at):
        words = N_("Le serveur de courriel %(host)s a refusé le nom ou le mot de passe il y a moins de dix minutes.")
        return Finding(severity="skipped", what=at.say(words, host=server.host))
    cause = await _find_mail_cause(at, server)
    if cause is not None:
        words = MAIL_CAUSES.get(cause, MAIL_CAUSES[MailCause.BUSY])
        return Finding(
            severity="error",
            what=at.say(words, host=server.host),
            mend=at.say(
                N_("Les courriels attendent ici et partiront quand ce sera réparé. Vérifiez DECLIC_SMTP_URL :")
            ),
            command=f"openssl s_client -connect {server.host}:{server.port}",
        )
    return ok(at.say(N_("Le serveur de courriel %(host)s nous laisse entrer."), host=server.host))


def _was_refused(at: Patient) -> bool:
    """Whether our name or password was refused lately: whoever tries again and again is locked out."""
    return at.instance is not None and at.instance.refused_log_ins.find(SMTP) is not None


async def _find_mail_cause(at: Patient, server: MailServer) -> MailCause | None:
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            cause = (await log_in(at.settings, server)).cause
    except TimeoutError:
        return MailCause.AWAY
    if cause is MailCause.LOGIN and at.instance is not None:
        at.instance.refused_log_ins.keep(SMTP, True)
    return cause


async def check_clock(at: Patient) -> Finding:
    """Whether our clock is that of the others; theirs are read from what they answered in the last day.

    While too few have, it stays as it was: one that is wrong is not well because nobody answers.
    """
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        clocks = await find_clocks(conn)
    ahead = clocks.find_own(CLOCK_SECONDS)
    if ahead is None:
        if not clocks.tell(CLOCK_SECONDS):
            return Finding(severity="skipped", what=at.say(UNTOLD_CLOCK))
        return ok(at.say(N_("Rien ne dit que l’horloge de cette machine soit fausse.")))
    far = abs(ahead) >= MOST_CLOCK_SECONDS
    words = (
        N_("L’horloge de cette machine est fausse de %(seconds)s\u00a0secondes : nos signatures sont refusées.")
        if far
        else N_("L’horloge de cette machine s’éloigne des autres : %(seconds)s\u00a0secondes déjà.")
    )
    return Finding(
        severity="error" if far else "warning",
        what=at.say(words, seconds=abs(ahead)),
        mend=at.say(N_("Mettez-la à l’heure, et laissez le système la tenir :")),
        command="timedatectl set-ntp true",
    )


async def _ask(at: Patient, path: str) -> OwnAnswer:
    return await ask_ourselves(at.settings.site, path, ca_file=at.settings.ca_file)


def _explain_unreached(at: Patient, failed: FetchFailed) -> Finding:
    host = at.settings.site.host
    name = urlsplit(at.settings.url).hostname or host
    if failed.cause in NAMES_FAIL:
        return Finding(
            severity="error",
            what=at.say(N_("Le nom %(name)s ne mène nulle part."), name=name),
            mend=at.say(N_("Chez qui vous avez pris ce nom, faites-le mener à l’adresse de cette machine (A, AAAA) :")),
            command=f"getent ahosts {name}",
        )
    if failed.cause in CERTIFICATE_FAILS:
        return Finding(
            severity="error",
            what=at.say(N_("Le certificat de %(host)s n’est pas bon : aucun navigateur n’ouvre le site."), host=host),
            mend=at.say(N_("Voyez pourquoi le serveur web n’en a pas de bon ; il lui faut le port 80 :")),
            command="journalctl -u caddy -u nginx -u certbot -n 50",
        )
    return Finding(
        severity="error",
        what=at.say(N_("Personne ne répond à l’adresse %(host)s, vue d’ici."), host=host),
        mend=at.say(N_("Voyez si le serveur web marche et si le pare-feu laisse passer les ports 80 et 443 :")),
        command="systemctl status caddy nginx",
    )
