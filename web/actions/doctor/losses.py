"""What a restoration left: what was lost here, whom it was told, what came back; and what others claim they lost."""

from datetime import UTC, datetime, timedelta

from models.moments import PARIS
from models.people import actors, name_rest
from models.store.database import connection
from models.traffic import peer_restorations, restoration_words, restorations, returned_posts
from models.traffic.restorations import Restoration, Returned
from models.traffic.returned_posts import ReturnedCounts
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.news.trouble_words import count_words
from web.rendering.render import N_

WATCHED = timedelta(days=3)
"""So long it is something to look at; then it is only said."""


async def check_restoration(at: Patient) -> Finding:
    """Whether this instance was made again of a backup lately, and how far it has come since."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        found = await restorations.find_latest(conn)
        if found is None:
            return ok(at.say(N_("La plateforme n’a pas été restaurée depuis un mois.")))
        teller = await actors.find_local(conn, "instance")
        returned = await restorations.find_returned(conn, found, teller.id if teller is not None else 0)
        own, names = await returned_posts.count(conn), await name_rest.find_end(conn)
    what = " ".join((_tell_loss(at, found), _tell_return(at, returned, found), *_tell_own(at, own, names)))
    if datetime.now(UTC) - found.restored_at > WATCHED:
        return ok(what)
    return Finding(
        severity="warning",
        what=what,
        mend=at.say(
            N_(
                "Ce que vos membres ont publié en public pendant ce temps revient si d’autres plateformes Déclic le "
                "rendent\u00a0: leur auteur le voit dans ses nouvelles. Ce qu’ils ont demandé, accepté ou suivi ne "
                "revient pas, et les comptes créés alors non plus\u00a0: dites-le-leur. Un accord que l’autre personne "
                "croit conclu se confirme à nouveau dans l’échange. Ce qui avait été défait est là de nouveau\u00a0: "
                "comptes et messages supprimés, contenus masqués, personnes bloquées, suspendues ou exclues, "
                "plateformes mises à l’écart, anciens mots de passe. Reprenez vos décisions de ce moment, et demandez "
                "à vos membres de "
                "refaire les leurs. Ce message s’en va de lui-même au bout de trois jours."
            )
        ),
    )


async def check_claims(at: Patient) -> Finding:
    """Whether somebody unknown says that another server lost something, and so might ask for others' words."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        hosts = await peer_restorations.list_unknown(conn)
    if not hosts:
        return ok(at.say(N_("Aucune plateforme inconnue ne demande ce qu’elle aurait perdu.")))
    return Finding(
        severity="warning",
        what=at.say(
            N_(
                "%(hosts)s\u00a0: cette plateforme dit avoir été restaurée d’une sauvegarde, mais son compte ou ses "
                "clés ne sont pas ceux d’avant. Seul ce qui est public lui est envoyé de nouveau."
            ),
            hosts=", ".join(hosts),
        ),
        mend=at.say(
            N_(
                "Demandez à cette coop, par un autre moyen, si c’est bien elle. Si son nom de domaine a changé de "
                "mains, mettez-la à l’écart sur la page des autres plateformes. Ce message s’en va de lui-même au bout "
                "de sept jours."
            )
        ),
    )


def _tell_loss(at: Patient, found: Restoration) -> str:
    words = N_(
        "La plateforme a été restaurée d’une sauvegarde\u00a0: ce qui s’est passé ici du %(since)s au %(until)s est "
        "perdu."
    )
    return at.say(words, since=_write(found.lost_from), until=_write(found.restored_at))


def _tell_return(at: Patient, returned: Returned, found: Restoration) -> str:
    if found.told_at is None:
        return at.say(N_("Les autres plateformes vont l’apprendre dans une minute."))
    said = [_tell_servers(at, returned)]
    people = returned.read + returned.reading + returned.unread
    if people:
        words = N_("Sur %(count)s comptes suivis ailleurs, %(read)s ont été relus et %(unread)s ne répondent pas.")
        said.append(at.say(words, count=people, read=returned.read, unread=returned.unread))
    many = N_("%(count)s messages et annonces d’ailleurs datant de ce moment sont revenus.")
    said.append(count_words(at.say, returned.posts, N_("Un message d’ailleurs datant de ce moment est revenu."), many))
    if found.names:
        said.append(
            count_words(
                at.say,
                found.names,
                N_("Un nom de membre perdu ne sera plus donné."),
                N_("%(count)s noms de membres perdus ne seront plus donnés."),
            )
        )
    if found.names >= restoration_words.MOST_NAMES:
        said.append(at.say(N_("Il y en a peut-être d’autres\u00a0: on n’en retient pas davantage.")))
    return " ".join(said)


def _tell_own(at: Patient, own: ReturnedCounts, names: datetime | None) -> list[str]:
    """What came back of members' own posts, and whether new names are given out."""
    said = []
    if own.restored:
        many = N_("%(count)s publications de vos membres sont de nouveau là.")
        said.append(count_words(at.say, own.restored, N_("Une publication d’un membre est de nouveau là."), many))
    if own.unanswered:
        many = N_("%(count)s plateformes n’ont pas encore rendu ce qu’elles avaient de vous.")
        one = N_("Une plateforme n’a pas encore rendu ce qu’elle avait de vous.")
        said.append(count_words(at.say, own.unanswered, one, many))
    if names is not None:
        words = N_(
            "Aucun nouveau nom de membre n’est donné avant %(until)s, ou avant que toutes aient répondu\u00a0: il "
            "pourrait être celui d’un compte perdu."
        )
        said.append(at.say(words, until=_write(names)))
    return said


def _tell_servers(at: Patient, returned: Returned) -> str:
    words = N_(
        "Autres plateformes prévenues\u00a0: %(told)s\u00a0; en attente\u00a0: %(waiting)s\u00a0; "
        "en vain\u00a0: %(untold)s."
    )
    return at.say(words, told=returned.told, waiting=returned.waiting, untold=returned.untold)


def _write(moment: datetime) -> str:
    """The same in every language."""
    return moment.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")
