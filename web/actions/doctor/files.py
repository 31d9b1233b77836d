"""Files of the instance: who may read what is secret, and whether the server may write its data."""

import asyncio
import os
import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from federation.media_store import COPY, KEY, FolderStore
from models.settings import INSTALLED, PREFIX
from models.store.services import list_services
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless
from web.actions.doctor.own_commands import MAKE_KEY
from web.rendering.render import N_

ALL = os.R_OK | os.W_OK | os.X_OK

OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


NOT_SECRET = frozenset({"DECLIC_CA_FILE", "DECLIC_KEY_FILE"})
"""Certificates are for everybody; the key has a check of its own."""

FEW = 200
"""Of the pictures so many are looked at: what is wrong with one is wrong with all that came with it."""

OF_CONTAINERS = Path("/run/secrets")
"""Where containers hand in secrets, readable by all who are inside: that is one account."""


def list_settings_files(data: Path) -> tuple[Path, ...]:
    """Those that settings may have come from, and those of single secrets, as far as this account may look."""
    named = os.environ.get("DECLIC_CONFIG")
    found = {*_list_installed(), *_list_secrets(), Path(named) if named else data / "declic.toml"}
    return tuple(sorted(found))


def _list_installed() -> list[Path]:
    try:
        return [path for path in INSTALLED.iterdir() if path.suffix == ".env"]
    except OSError:
        return []


def _list_secrets() -> list[Path]:
    """Files that hold one secret each, as the environment names them."""
    named = [
        Path(text)
        for name, text in os.environ.items()
        if name.startswith(PREFIX) and name.endswith("_FILE") and name not in NOT_SECRET and text
    ]
    return [path for path in named if OF_CONTAINERS not in path.parents]


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
    if not os.access(folder, ALL):
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
    if (stuck := await asyncio.to_thread(_find_stuck, folder / "media")) is not None:
        return Finding(
            severity="error",
            what=at.say(N_("Ce compte ne peut pas lire et écrire %(path)s, parmi les photos."), path=stuck),
            mend=at.say(N_("Des photos manquent, ou n’arrivent pas. Rendez-les au compte qui a tout le reste\u00a0:")),
            command=f"chown -R --reference={folder} {folder / 'media'} && chmod -R u+rwX {folder / 'media'}",
        )
    return ok(at.say(N_("Les données sont dans %(folder)s, et s’écrivent."), folder=folder))


def _find_stuck(media: Path) -> Path | None:
    """The first folder of pictures that cannot be written to, or the first of some pictures that cannot be read.

    What the system or another program has put beside ours (`lost+found`, `@eaDir`, `.snapshot`) is not looked at.
    """
    if not media.is_dir():
        return None
    if not os.access(media, ALL):
        return media
    folders = [folder for group in FolderStore.list_groups() if (folder := media / group).is_dir()]
    locked = next((folder for folder in folders if not os.access(folder, ALL)), None)
    return locked or next((path for path in _list_some(folders) if _is_locked(path)), None)


def _list_some(folders: Sequence[Path]) -> list[Path]:
    """Some of the pictures in them."""
    found: list[Path] = []
    for folder in folders:
        with os.scandir(folder) as there:
            some = islice((one.name for one in there), FEW)
            found += [folder / name for name in some if KEY.fullmatch(name) or COPY.fullmatch(name)]
        if len(found) > FEW:
            break
    return found


def _is_locked(picture: Path) -> bool:
    """Whether it is there, and cannot be read: one may be gone by now."""
    return not os.access(picture, os.R_OK) and picture.exists()


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
                    "Une copie de la base suffirait à parler en leur nom. Créez un fichier de clé, gardez-le aussi "
                    "ailleurs, nommez-le dans DECLIC_KEY_FILE, redémarrez, puis fermez les clés :"
                )
            ),
            command=MAKE_KEY,
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
    there = [path for path in at.settings_files if _is_there(path)]
    if not there:
        return skip_needless(at.say(N_("Les réglages ne viennent d’aucun fichier que l’on connaisse.")))
    open_files = [path for path in there if path.stat().st_mode & stat.S_IROTH]
    if open_files:
        return Finding(
            severity="error",
            what=at.say(N_("Tous les comptes de cette machine peuvent lire %(path)s."), path=open_files[0]),
            mend=at.say(N_("Des mots de passe s’y trouvent : réservez ce fichier.")),
            command=f"chmod o-rwx {open_files[0]}",
        )
    return ok(at.say(N_("Les réglages sont dans %(path)s, que peu de comptes peuvent lire."), path=there[0]))


def _is_there(path: Path) -> bool:
    """Whether it is a file that this account may look at."""
    try:
        return path.is_file()
    except OSError:
        return False
