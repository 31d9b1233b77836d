"""The database: whether it answers, in which version, and what holds it up."""

from federation.instance import Instance
from models.store import database_health, slow_statements, unfinished_restores
from models.store.database import connection
from models.store.database_health import DatabaseHealth
from models.store.postgres import list_clusters
from models.store.postgres.memory import choose_megabytes
from models.store.timed_statements import SLOW_SECONDS
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

MOST_CONNECTIONS = 0.8
"""Share of all connections from which on there may be none for the next one."""

LONG_STATEMENT = 60.0
"""Seconds that no statement of ours takes."""

LONG_WAIT = 60.0
"""Seconds that no transaction of ours waits for its program: others wait behind it."""


GROWN = 2
"""An embedded database that would now start with more than so many times its memory does better started anew."""

OFTEN = 20
"""Slow answers of one kind in a day that are no accident any more."""

SHOWN = 100


def skip(at: Patient) -> Finding:
    """Nothing can be said, since the database does not answer."""
    return Finding(severity="skipped", what=at.say(N_("Cela ne se voit qu’avec la base de données.")))


async def check_database(at: Patient) -> Finding:
    """Whether it answers, and is of this version of Déclic."""
    if at.older:
        return Finding(
            severity="error",
            what=at.say(N_("La base de données est d’une version plus ancienne de Déclic.")),
            mend=at.say(N_("Faites une sauvegarde, puis mettez-la à jour :")),
            command="declic backup FOLDER && declic migrate",
        )
    if at.instance is None and (backup := unfinished_restores.find(at.settings.data)) is not None:
        return Finding(
            severity="error",
            what=at.say(N_("La restauration de la sauvegarde du %(backup)s n’est pas terminée."), backup=backup),
            mend=at.say(
                N_(
                    "Si plus aucune ne tourne, restaurez cette même sauvegarde : elle reprend où elle en était. Si "
                    "elle échoue encore, mettez tout %(folder)s de côté, videz la base si elle est ailleurs, et "
                    "recommencez."
                ),
                folder=str(at.settings.data),
            ),
            command="declic restore FOLDER",
        )
    if at.instance is None:
        return _tell_unanswered(at)
    health = await _look(at.instance)
    if health.read_only:
        return _tell_read_only(at, health)
    if health.major < database_health.OLDEST:
        return Finding(
            severity="error",
            what=at.say(N_("PostgreSQL %(version)s est trop ancien."), version=health.major),
            mend=at.say(N_("Il en faut un de la version %(version)s au moins."), version=database_health.OLDEST),
            command="psql --version",
        )
    if health.encoding != "UTF8":
        return Finding(
            severity="error",
            what=at.say(N_("La base de données n’écrit pas en UTF-8, mais en %(encoding)s."), encoding=health.encoding),
            mend=at.say(
                N_(
                    "Les accents et d’autres écritures s’y perdent : restaurez une sauvegarde dans une base faite "
                    "avec cette commande :"
                )
            ),
            command="createdb --encoding=UTF8 --template=template0 declic",
        )
    return _compare_memory(at, health)


def _tell_unanswered(at: Patient) -> Finding:
    """Why there is none: of one that others look after, what is written about it here may be wrong."""
    ours = at.settings.database_url is None
    elsewhere = N_(
        "Voyez si PostgreSQL marche, et si DECLIC_DATABASE_URL dit sa bonne adresse, le bon compte et son mot "
        "de passe :"
    )
    return Finding(
        severity="error",
        what=at.say(N_("La base de données ne peut pas servir : %(why)s"), why=at.unanswered),
        mend=at.say(N_("Voyez si PostgreSQL marche, et ce que la plateforme en a dit :") if ours else elsewhere),
        command="journalctl -u declic -n 50"
        if ours
        else "systemctl status 'postgresql*' --no-pager; journalctl -u declic -n 50",
    )


def _tell_read_only(at: Patient, health: DatabaseHealth) -> Finding:
    return Finding(
        severity="error",
        what=at.say(N_("La base de données se laisse lire, mais elle ne garde plus rien.")),
        mend=at.say(
            N_(
                "Si elle suit une autre base (« t »), nommez l’autre dans DECLIC_DATABASE_URL et redémarrez ; sinon, "
                "cette commande la rouvre :"
            )
        ),
        command=(
            "PGOPTIONS='-c default_transaction_read_only=off' runuser -u postgres -- psql -d "
            f"{health.name} -c 'SELECT pg_is_in_recovery()' "
            f"-c 'ALTER DATABASE \"{health.name}\" SET default_transaction_read_only = off'"
        ),
    )


def _compare_memory(at: Patient, health: DatabaseHealth) -> Finding:
    """Well; or that the embedded database outgrew the memory that it took when it started."""
    held, now = health.shared_buffers >> 20, _choose_now(at)
    if held * GROWN < now:
        return Finding(
            severity="warning",
            what=at.say(
                N_("La base de données a grandi : elle a %(held)s\u00a0Mo de mémoire, %(now)s iraient mieux."),
                held=held,
                now=now,
            ),
            mend=at.say(N_("Rien ne presse : elle les prendra au prochain démarrage. Quand cela vous arrange :")),
            command="systemctl restart declic",
            quiet=True,
        )
    size = health.size // 1_000_000
    return ok(
        at.say(N_("PostgreSQL %(version)s répond ; la base fait %(size)s\u00a0Mo."), version=health.major, size=size)
    )


def _choose_now(at: Patient) -> int:
    """The megabytes with which our own database would start now; 0 of one that others look after."""
    ours = list_clusters(at.settings.data) if at.settings.database_url is None else []
    return choose_megabytes(ours[0]) if ours else 0


async def check_connections(at: Patient) -> Finding:
    """Whether the database takes more of them."""
    if at.instance is None:
        return skip(at)
    health = await _look(at.instance)
    words = {"count": health.connections, "most": health.most_connections}
    if health.connections >= MOST_CONNECTIONS * health.most_connections:
        return Finding(
            severity="warning",
            what=at.say(N_("%(count)s des %(most)s connexions de PostgreSQL sont prises."), **words),
            mend=at.say(
                N_("Bientôt il refusera les suivantes. Élevez max_connections, ou baissez DECLIC_DATABASE_POOL :")
            ),
            command="psql -c 'SHOW max_connections'",
        )
    return ok(at.say(N_("%(count)s des %(most)s connexions de PostgreSQL sont prises."), **words))


async def check_statements(at: Patient) -> Finding:
    """What works in the database for too long."""
    if at.instance is None:
        return skip(at)
    health = await _look(at.instance)
    longest = max(health.longest_statement, health.longest_wait)
    if health.longest_statement > LONG_STATEMENT or health.longest_wait > LONG_WAIT:
        return Finding(
            severity="warning",
            what=at.say(
                N_("Une demande occupe la base de données depuis %(seconds)s\u00a0secondes."), seconds=round(longest)
            ),
            mend=at.say(N_("D’autres attendent peut-être derrière elle. Voyez laquelle :")),
            command="psql -c \"SELECT pid, state, query_start, query FROM pg_stat_activity WHERE state <> 'idle'\"",
        )
    return ok(at.say(N_("Rien n’occupe la base de données depuis longtemps.")))


async def check_slow_statements(at: Patient) -> Finding:
    """What takes long again and again."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        worst = await slow_statements.find_worst(conn)
    if worst is None or worst.times < OFTEN:
        return ok(at.say(N_("La base de données répond vite.")))
    return Finding(
        severity="warning",
        what=at.say(
            N_(
                "Depuis hier, la base de données a répondu %(count)s fois en plus de %(least)s\u00a0secondes, la plus "
                "lente en %(longest)s, à : %(statement)s"
            ),
            count=worst.times,
            least=round(SLOW_SECONDS),
            longest=round(worst.longest),
            statement=f"{worst.statement[:SHOWN]}…",
        ),
        mend=at.say(
            N_(
                "La machine manque peut-être de mémoire, ou une sauvegarde tournait. Mettez à jour ce que PostgreSQL "
                "sait de ses tables ; si cela dure, donnez-lui plus de mémoire, et dites-le à qui fait Déclic :"
            )
        ),
        command="psql -c 'VACUUM ANALYZE'",
    )


async def _look(instance: Instance) -> DatabaseHealth:
    async with connection(instance.pool) as conn:
        return await database_health.look(conn)
