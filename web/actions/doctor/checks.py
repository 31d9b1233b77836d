"""All checks in one table, and how they are gone through: each finds something, whatever happens meanwhile."""

import asyncio
from collections.abc import Sequence

from models.errors import DeclicError
from models.lazy import when_called
from web.actions.doctor.findings import Check, Examined, Finding, Patient, skip_unasked, skip_unreached
from web.actions.doctor.own_commands import fit_commands
from web.rendering.render import N_

with when_called(globals()):
    from web.actions.doctor import (
        content_policy,
        database,
        dkim,
        ends,
        files,
        friend_look,
        losses,
        machine,
        outside,
        own_names,
        pictures,
        push_key,
        sender_names,
        site,
        upkeep,
        work,
    )
    from web.actions.doctor.ways import body_size, copy_stores, crawlers, front_server, map_background, releases

SECONDS = 8
"""A check that takes longer found nothing. Those that ask other machines have so long in all: somebody waits."""

DEAR_SECONDS = 60
"""So long may take what is looked at once a day."""

REACHABLE = Check(name="reachable", title=N_("Accès"), look=outside.check_reachable, outside=True)
"""What is asked of our own address first: where it does not lead here, its other ways need not be tried."""

CHECKS: tuple[Check, ...] = (
    Check(name="url", title=N_("Adresse"), look=site.check_url),
    REACHABLE,
    Check(name="addresses", title=N_("Adresses du nom"), look=own_names.check_addresses, outside=True, asks_names=True),
    Check(name="certificate", title=N_("Certificat"), look=outside.check_certificate, outside=True),
    Check(name="redirect", title=N_("Sans https"), look=outside.check_redirect, outside=True),
    Check(name="proxy_headers", title=N_("Serveur web"), look=front_server.check_proxy_headers, outside=True),
    Check(
        name="body_size",
        title=N_("Taille des photos"),
        look=body_size.check_body_size,
        outside=True,
        ways=True,
        dear=True,
    ),
    Check(name="ranges", title=N_("Films par morceaux"), look=front_server.check_ranges, outside=True, ways=True),
    Check(name="streams", title=N_("Applications"), look=front_server.check_streams, outside=True, ways=True),
    Check(name="webfinger", title=N_("Comptes trouvés"), look=outside.check_webfinger, outside=True, ways=True),
    Check(name="crawlers", title=N_("Moteurs de recherche"), look=crawlers.check_crawlers, outside=True, ways=True),
    Check(name="clock", title=N_("Horloge"), look=outside.check_clock),
    Check(name="friend_look", title=N_("Vu de chez une coop amie"), look=friend_look.check_friend_look),
    Check(name="database", title=N_("Base de données"), look=database.check_database),
    Check(name="connections", title=N_("Connexions à la base"), look=database.check_connections),
    Check(name="statements", title=N_("Demandes à la base"), look=database.check_statements),
    Check(name="slow_statements", title=N_("Vitesse de la base"), look=database.check_slow_statements),
    Check(name="sorting", title=N_("Recherches"), look=upkeep.check_sorting),
    Check(name="worker", title=N_("Travail de fond"), look=work.check_worker),
    Check(name="chores", title=N_("Tâches régulières"), look=work.check_chores),
    Check(name="queues", title=N_("Ce qui attend"), look=upkeep.check_queues),
    Check(name="sweeps", title=N_("Ce qui s’oublie"), look=upkeep.check_sweeps),
    Check(name="backup", title=N_("Sauvegardes"), look=work.check_backup),
    Check(name="copies", title=N_("Copies des sauvegardes"), look=work.check_copies),
    Check(
        name="copy_stores",
        title=N_("Magasin S3 des copies"),
        look=copy_stores.check_copy_stores,
        outside=True,
        dear=True,
    ),
    Check(name="restoration", title=N_("Restauration"), look=losses.check_restoration),
    Check(name="claims", title=N_("Restaurations ailleurs"), look=losses.check_claims),
    Check(name="mail_server", title=N_("Serveur de courriel"), look=outside.check_mail_server, outside=True),
    Check(name="spf", title=N_("Courriels permis (SPF)"), look=sender_names.check_spf, outside=True, asks_names=True),
    Check(name="dkim", title=N_("Courriels signés (DKIM)"), look=dkim.check_dkim, outside=True, asks_names=True),
    Check(
        name="dmarc", title=N_("Faux courriels (DMARC)"), look=sender_names.check_dmarc, outside=True, asks_names=True
    ),
    Check(
        name="mail_domain",
        title=N_("Réponses aux courriels"),
        look=own_names.check_mail_domain,
        outside=True,
        asks_names=True,
    ),
    Check(
        name="reverse",
        title=N_("Nom de l’adresse qui envoie"),
        look=own_names.check_reverse,
        outside=True,
        asks_names=True,
    ),
    Check(name="mails", title=N_("Courriels"), look=work.check_mails),
    Check(name="content_policy", title=N_("Pages refusées (CSP)"), look=content_policy.check_content_policy),
    Check(name="push_key", title=N_("Notifications des téléphones"), look=push_key.check_push_key),
    Check(name="map", title=N_("Fond de carte"), look=map_background.check_map_background, outside=True, dear=True),
    Check(name="communes", title=N_("Communes"), look=site.check_communes),
    Check(name="servers", title=N_("Autres coops"), look=work.check_servers),
    Check(name="slow_servers", title=N_("Vitesse des autres coops"), look=work.check_slow_servers),
    Check(name="disk", title=N_("Disque"), look=machine.check_disk),
    Check(name="inodes", title=N_("Nombre de fichiers"), look=machine.check_inodes),
    Check(name="memory", title=N_("Mémoire"), look=machine.check_memory),
    Check(name="machines", title=N_("Autres machines"), look=machine.check_machines),
    Check(name="python", title=N_("Python"), look=ends.check_python),
    Check(name="releases", title=N_("Version de Déclic"), look=releases.check_releases),
    Check(name="system", title=N_("Système"), look=ends.check_system),
    Check(name="data_folder", title=N_("Dossier des données"), look=files.check_data_folder),
    Check(name="pictures", title=N_("Photos"), look=pictures.check_pictures),
    Check(name="services", title=N_("Services"), look=files.check_services),
    Check(name="key_file", title=N_("Clés"), look=files.check_key_file),
    Check(name="settings_files", title=N_("Fichiers de réglages et de secrets"), look=files.check_settings_files),
    Check(name="shutdown", title=N_("Fermeture de la plateforme"), look=site.check_shutdown),
    Check(name="legal", title=N_("Mentions légales"), look=site.check_legal),
)


async def examine(patient: Patient, checks: Sequence[Check] = CHECKS) -> list[Examined]:
    """Go through them, in the order of the table; those that ask other machines all at once."""
    until = asyncio.get_running_loop().time() + SECONDS
    wanted = any(one.ways or one is REACHABLE for one in checks)
    first = asyncio.create_task(_look(patient, REACHABLE, until)) if wanted else None
    asked = {one.name: asyncio.create_task(_ask(patient, one, until, first)) for one in checks if one.outside}
    found = {one.name: await _look(patient, one) for one in checks if not one.outside}
    found |= {name: await task for name, task in asked.items()}
    named = [Examined(name=one.name, title=patient.say(one.title), finding=found[one.name]) for one in checks]
    return fit_commands(named, patient.settings.data, _find_database(patient))


def _find_database(patient: Patient) -> str | None:
    return None if patient.instance is None else patient.instance.settings.database_url


async def _ask(patient: Patient, check: Check, until: float, first: asyncio.Task[Finding] | None) -> Finding:
    """What asks other machines, until then; what asks our own address after what is asked of it `first`."""
    if first is not None and check is REACHABLE:
        return await first
    if first is not None and check.ways and (await first).severity == "error":
        return skip_unreached(patient)
    if check.dear and patient.dear != "kept":
        until += DEAR_SECONDS - SECONDS
    return await _look(patient, check, until)


async def _look(patient: Patient, check: Check, until: float | None = None) -> Finding:
    ends = asyncio.get_running_loop().time() + SECONDS if until is None else until
    try:
        async with asyncio.timeout_at(ends):
            return await check.look(patient)
    except (DeclicError, OSError, TimeoutError) as error:
        return _explain(patient, check, error)


def _explain(patient: Patient, check: Check, error: Exception) -> Finding:
    """Why a check found nothing."""
    if check.asks_names and isinstance(error, TimeoutError):
        return skip_unasked(patient)
    if not isinstance(error, TimeoutError) or str(error):
        words = N_("Cette vérification n’a pas abouti (%(why)s).")
        return Finding(severity="error", what=patient.say(words, why=str(error) or type(error).__name__))
    late = N_("Cette vérification n’a pas abouti : rien n’a répondu en %(seconds)s\u00a0secondes.")
    seconds = DEAR_SECONDS if check.dear and patient.dear != "kept" else SECONDS
    return Finding(severity="skipped" if check.ways else "error", what=patient.say(late, seconds=seconds))
