"""What search engines are told, asked at our own address: what stands there is what the settings say."""

from federation.errors import FetchFailed
from federation.http_client.own_address import OwnAnswer, ask_ourselves
from models import preferences
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, is_passing, ok, skip_lost, skip_unreached
from web.rendering.render import N_


async def check_crawlers(at: Patient) -> Finding:
    """robots.txt keeps them out of a closed site and shows them an open one; its list of pages is there."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        chosen = await preferences.load(conn)
    try:
        robots = await ask_ourselves(at.settings.site, "/robots.txt", ca_file=at.settings.ca_file)
        sitemap = await ask_ourselves(at.settings.site, "/sitemap.xml", ca_file=at.settings.ca_file)
    except FetchFailed:
        return skip_unreached(at)
    if is_passing(robots.status) or (is_passing(sitemap.status) and not chosen.closed):
        return skip_lost(at)
    if robots.status != 200:
        words = N_(
            "%(url)s/robots.txt répond %(status)s : les moteurs de recherche ne savent pas ce qu’ils peuvent lire."
        )
        return _tell(at, at.say(words, url=at.settings.url, status=robots.status), "robots.txt")
    said = robots.body.decode("utf-8", "replace")
    return _judge_closed(at, said) if chosen.closed else _judge_open(at, said, sitemap)


def _judge_closed(at: Patient, robots: str) -> Finding:
    if "disallow: /" in _list_lines(robots):
        return ok(at.say(N_("Le site est fermé, et le dit aux moteurs de recherche.")))
    words = N_("Le site est fermé, mais %(url)s/robots.txt ne le dit pas aux moteurs de recherche.")
    return _tell(at, at.say(words, url=at.settings.url), "robots.txt")


def _judge_open(at: Patient, robots: str, sitemap: OwnAnswer) -> Finding:
    if _shuts_out(robots):
        words = N_("Le site est ouvert, mais %(url)s/robots.txt renvoie tous les moteurs de recherche.")
        return _tell(at, at.say(words, url=at.settings.url), "robots.txt")
    if f"sitemap: {at.settings.url}/sitemap.xml".lower() not in _list_lines(robots) or not _is_sitemap(sitemap):
        words = N_("Le plan du site, %(url)s/sitemap.xml, n’est pas celui de cette plateforme.")
        return _tell(at, at.say(words, url=at.settings.url), "sitemap.xml")
    return ok(at.say(N_("Les moteurs de recherche lisent ce que les réglages disent (robots.txt, sitemap.xml).")))


def _list_lines(robots: str) -> set[str]:
    return {line.strip().lower() for line in robots.splitlines()}


def _shuts_out(robots: str) -> bool:
    """Whether the lines for everybody forbid everything."""
    everybody = False
    for line in robots.lower().splitlines():
        name, _, value = (part.strip() for part in line.partition(":"))
        if name == "user-agent":
            everybody = value == "*"
        elif everybody and (name, value) == ("disallow", "/"):
            return True
    return False


def _is_sitemap(answer: OwnAnswer) -> bool:
    return answer.status == 200 and b"<urlset" in answer.body


def _tell(at: Patient, what: str, name: str) -> Finding:
    return Finding(
        severity="warning",
        what=what,
        mend=at.say(
            N_(
                "Le serveur web montre un fichier à lui sous ce nom, ou garde une vieille copie\u00a0: il doit le "
                "demander à Déclic. Voyez ce qui vient\u00a0:"
            )
        ),
        command=f"curl -si {at.settings.url}/{name}",
    )
