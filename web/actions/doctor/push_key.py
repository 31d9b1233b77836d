"""The key by which services of apps know this server (VAPID, RFC 8292): whether it can be read, and signs."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from federation.web_push import load_key
from models.news import push_subscriptions
from models.settings import SettingsError
from models.store.database import connection
from web.actions.doctor.database import skip
from web.actions.doctor.findings import Finding, Patient, ok
from web.rendering.render import N_

TRIAL = b"declic doctor"


async def check_push_key(at: Patient) -> Finding:
    """Whether notifications to phones can be signed. None yet is well: the first app makes it."""
    if at.instance is None:
        return skip(at)
    async with connection(at.instance.pool) as conn:
        if await push_subscriptions.find_key(conn) is None:
            return ok(
                at.say(N_("Aucune application n’a demandé de notifications : leur clé sera faite à la première."))
            )
    at.instance.vapid.clear()  # what is kept, not what this process remembers
    try:
        key = await load_key(at.instance)
        key.public_key().verify(key.sign(TRIAL, ec.ECDSA(SHA256())), TRIAL, ec.ECDSA(SHA256()))
    except (SettingsError, InvalidSignature, AssertionError):
        return Finding(
            severity="error",
            what=at.say(N_("La clé qui signe les notifications vers les téléphones ne se lit pas : aucune ne part.")),
            mend=at.say(
                N_(
                    "DECLIC_KEY_FILE doit nommer le fichier avec lequel elle a été fermée : remettez-le depuis une "
                    "sauvegarde, puis redémarrez. Voyez quel fichier est nommé\u00a0:"
                )
            ),
            command="grep -s KEY_FILE /etc/declic/*.env",
        )
    return ok(at.say(N_("La clé qui signe les notifications vers les téléphones se lit, et signe.")))
