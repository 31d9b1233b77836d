"""Files of the instance: who may read what is secret, and whether the server may write its data."""

import os
import stat
from pathlib import Path

from models.settings import INSTALLED
from models.store.services import list_services
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def list_settings_files() -> tuple[Path, ...]:
    """Those that settings may have come from, as far as this account may look."""
    try:
        return tuple(sorted(path for path in INSTALLED.iterdir() if path.suffix == ".env"))
    except OSError:
        return ()


async def check_data_folder(at: Patient) -> Finding:
    """Whether the data can be written by whoever runs this."""
    folder = at.settings.data
    if not folder.is_dir():
        return Finding(
            severity="error",
            what=at.say(N_("Le dossier des données, %(folder)s, n’existe pas."), folder=folder),
            mend=at.say(N_("DECLIC_DATA le nomme : corrigez-le, ou démarrez la plateforme, qui le crée.")),
            command=f"ls -ld {folder.parent}",
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            severity="error",
            what=at.say(N_("Ce compte ne peut pas écrire dans %(folder)s."), folder=folder),
            mend=at.say(N_("Voyez à qui ce dossier est, et rendez-le au compte qui fait marcher la plateforme :")),
            command=f"ls -ld {folder}",
        )
    if folder.stat().st_mode & stat.S_IWOTH:
        return Finding(
            severity="error",
            what=at.say(N_("Tous les comptes de cette machine peuvent écrire dans %(folder)s."), folder=folder),
            mend=at.say(N_("Réservez ce dossier au compte de la plateforme :")),
            command=f"chmod o-w {folder}",
        )
    return ok(at.say(N_("Les données sont dans %(folder)s, et s’écrivent."), folder=folder))


async def check_services(at: Patient) -> Finding:
    """Whether one service alone serves from this folder."""
    found = list_services(at.settings.data)
    if len(found) > 1:
        return Finding(
            severity="warning",
            what=at.say(
                N_("%(count)s services marchent en même temps sur %(folder)s : %(addresses)s."),
                count=len(found),
                folder=at.settings.data,
                addresses=", ".join(found),
            ),
            mend=at.say(
                N_("L’un d’eux a été démarré en trop, et peut être d’une autre version. Trouvez-le, puis arrêtez-le :")
            ),
            command="systemctl list-units 'declic*'; pgrep -af 'declic serve'",
        )
    return ok(at.say(N_("Aucun autre service ne marche sur les mêmes données.")))


async def check_key_file(at: Patient) -> Finding:
    """Whether keys are sealed, and whether the key to them is for one account alone."""
    path = at.settings.key_file
    if path is None:
        return Finding(
            severity="warning",
            what=at.say(N_("Les clés qui signent pour vos membres sont en clair dans la base de données.")),
            mend=at.say(
                N_(
                    "Une copie de la base suffirait à parler en leur nom. Créez un fichier de clé, nommez-le "
                    "dans DECLIC_KEY_FILE, redémarrez, puis fermez les clés :"
                )
            ),
            command="declic key seal",
        )
    found = path.stat()
    in_common = stat.S_IRGRP if found.st_gid == os.getegid() else 0  # our own group may read, as it reads the settings
    if found.st_mode & OTHERS & ~in_common:
        return Finding(
            severity="error",
            what=at.say(N_("D’autres comptes de cette machine peuvent lire %(path)s."), path=path),
            mend=at.say(N_("Ce fichier ouvre les clés de vos membres : réservez-le au compte de la plateforme.")),
            command=f"chown {at.settings.data.stat().st_uid} {path} && chmod 600 {path}"
            if at.settings.data.is_dir()
            else f"chmod 600 {path}",
        )
    return ok(at.say(N_("Les clés de vos membres sont fermées par %(path)s."), path=path))


async def check_settings_files(at: Patient) -> Finding:
    """Whether passwords in the settings can be read by everybody on this machine."""
    there = [path for path in at.settings_files if path.is_file()]
    if not there:
        return Finding(
            severity="skipped", what=at.say(N_("Les réglages ne viennent d’aucun fichier que l’on connaisse."))
        )
    open_files = [path for path in there if path.stat().st_mode & stat.S_IROTH]
    if open_files:
        return Finding(
            severity="error",
            what=at.say(N_("Tous les comptes de cette machine peuvent lire %(path)s."), path=open_files[0]),
            mend=at.say(N_("Des mots de passe s’y trouvent : réservez ce fichier.")),
            command=f"chmod o-rwx {open_files[0]}",
        )
    return ok(at.say(N_("Les réglages sont dans %(path)s, que peu de comptes peuvent lire."), path=there[0]))
