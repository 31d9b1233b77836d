"""Whether others can read the key by which our mail server signs (DKIM)."""

import asyncio
import base64
import binascii
from typing import TYPE_CHECKING

from models.lazy import LazyModule
from web.actions.doctor.findings import Finding, Patient, ok, skip_needless, skip_unasked
from web.actions.doctor.name_records import NameService, Unanswered
from web.actions.doctor.sender_names import Sender, find_sender, read_tags, skip_unsent
from web.rendering.render import N_

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
else:
    exceptions = LazyModule("cryptography.exceptions")
    serialization = LazyModule("cryptography.hazmat.primitives.serialization")
    rsa = LazyModule("cryptography.hazmat.primitives.asymmetric.rsa")

USUAL_SELECTORS = (
    *("mail", "default", "dkim", "selector1", "selector2", "s1", "s2", "k1", "key1", "smtp", "email"),
    *("google", "mailjet", "brevo1", "sib", "fm1", "mxvault", "zoho", "protonmail", "ovh"),
)
"""Where mail servers put their key when nobody chose the name."""

SHORTEST_KEY = 1024


async def check_dkim(at: Patient) -> Finding:
    """Whether the key by which our mail server signs can be had; its name is only known where it was told."""
    sender = find_sender(at)
    if sender is None:
        return skip_unsent(at)
    try:
        if not sender.selector:
            return await _guess(at, sender)
        record = await _find_key(at.own_names, sender.domain, sender.selector)
    except Unanswered:
        return skip_unasked(at)
    if record is None:
        return _tell_missing_key(at, sender)
    selector, trouble = sender.selector, judge_key(record)
    if trouble is not None:
        return Finding(
            severity="error",
            what=at.say(trouble, name=f"{selector}._domainkey.{sender.domain}"),
            mend=at.say(N_("Votre serveur de courriel donne la ligne entière ; elle ressemble à :")),
            record=f'{selector}._domainkey.{sender.domain}. TXT "v=DKIM1; k=rsa; p=…"',
        )
    return ok(
        at.say(N_("DKIM : la clé « %(selector)s » de %(domain)s se lit."), selector=selector, domain=sender.domain)
    )


async def _find_key(ask: NameService, domain: str, selector: str) -> str | None:
    texts = await ask(f"{selector}._domainkey.{domain}", "TXT")
    return next((one for one in texts if "p=" in one.replace(" ", "")), None)


async def _guess(at: Patient, sender: Sender) -> Finding:
    """Of the usual names the first with a key that holds; whether our mails are signed by it, nobody can tell.

    Raises Unanswered.
    """
    asked = [_find_key(at.names, sender.domain, one) for one in USUAL_SELECTORS]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    good = (
        selector
        for selector, record in zip(USUAL_SELECTORS, answers, strict=True)
        if isinstance(record, str) and judge_key(record) is None
    )
    selector = next(good, None)
    if selector is None:
        failed = next((one for one in answers if isinstance(one, BaseException)), None)
        if failed is not None:
            raise failed
        words = N_(
            "DKIM : aucune clé de %(domain)s aux noms habituels. Si vos courriels sont signés, dites le nom de "
            "la clé dans DECLIC_SMTP_URL (…&dkim=NOM)."
        )
        return skip_needless(at.say(words, domain=sender.domain))
    words = N_(
        "DKIM : une clé de %(domain)s existe, « %(selector)s ». Si c’est elle qui signe vos courriels, dites-le dans "
        "DECLIC_SMTP_URL (…&dkim=%(selector)s) : elle sera vérifiée."
    )
    return skip_needless(at.say(words, domain=sender.domain, selector=selector))


def _tell_missing_key(at: Patient, sender: Sender) -> Finding:
    name = f"{sender.selector}._domainkey.{sender.domain}"
    return Finding(
        severity="error",
        what=at.say(
            N_("DKIM : il n’y a pas de clé à %(name)s ; la signature de nos courriels ne vaut rien."), name=name
        ),
        mend=at.say(N_("Votre serveur de courriel donne la ligne entière ; elle ressemble à :")),
        record=f'{name}. TXT "v=DKIM1; k=rsa; p=…"',
    )


def judge_key(record: str) -> str | None:
    """What is wrong with a DKIM key, None where nothing is."""
    tags = read_tags(record)
    written = "".join(tags.get("p", "").split())
    if not written:
        return N_("DKIM : la clé à %(name)s est retirée (p= est vide).")
    try:
        raw = base64.b64decode(written, validate=True)
        key = serialization.load_der_public_key(raw) if tags.get("k", "rsa").lower() == "rsa" else None
    except (binascii.Error, ValueError, exceptions.UnsupportedAlgorithm):
        return N_("DKIM : la clé à %(name)s ne se lit pas ; elle a sans doute été coupée en la recopiant.")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_KEY:
        return N_("DKIM : la clé à %(name)s est trop courte : les autres n’en tiennent pas compte.")
    return None
