"""Passkeys (WebAuthn): what a browser is asked for, and whether its answer holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from models.access.passkeys import NewPasskey, Passkey
from models.errors import Invalid
from models.lazy import LazyModule
from models.people.accounts import Account
from models.settings import Site

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor
else:
    webauthn = LazyModule("webauthn")  # reads certificates by several libraries that nothing else needs

LONGEST = 16_000
"""Characters of an answer."""

BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What the library raises for answers that no browser gives, beside its own errors."""


def make_registration_options(
    site: Site, account: Account, known: Sequence[Passkey], *, coop: str, challenge: bytes
) -> str:
    """What to create: a key that the device can find by itself, so that it may also replace the password."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=_host(site),
            rp_name=coop,
            user_id=str(account.actor_id).encode(),
            user_name=account.username,
            user_display_name=account.name or account.username,
            challenge=challenge,
            authenticator_selection=webauthn.helpers.structs.AuthenticatorSelectionCriteria(
                resident_key=webauthn.helpers.structs.ResidentKeyRequirement.PREFERRED,
                user_verification=webauthn.helpers.structs.UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_describe(known),
        )
    )


def verify_registration(site: Site, answer: str, *, challenge: bytes, name: str) -> NewPasskey:
    """The key that was made. Raises Invalid."""
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(site),
            expected_origin=site.url,
        )
    except (*BROKEN, webauthn.helpers.exceptions.WebAuthnException) as error:
        raise Invalid("passkey_unreadable") from error
    return NewPasskey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
    )


def make_authentication_options(site: Site, known: Sequence[Passkey], *, challenge: bytes) -> str:
    """What to sign; without `known` keys the person chooses one, and proves to the device who she is."""
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=_host(site),
            challenge=challenge,
            allow_credentials=_describe(known),
            user_verification=(
                webauthn.helpers.structs.UserVerificationRequirement.PREFERRED
                if known
                else webauthn.helpers.structs.UserVerificationRequirement.REQUIRED
            ),
        )
    )


def find_credential_id(answer: str) -> bytes:
    """Which key says that it signed. Raises Invalid."""
    try:
        return webauthn.base64url_to_bytes(str(_read(answer)["id"]))
    except (*BROKEN, webauthn.helpers.exceptions.WebAuthnException) as error:
        raise Invalid("passkey_unreadable") from error


def verify_authentication(site: Site, answer: str, passkey: Passkey, *, challenge: bytes, alone: bool) -> int:
    """How often the key was used, when it signed the challenge on our page; `alone`, for its owner. Raises Invalid."""
    try:
        checked = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=_host(site),
            expected_origin=site.url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=alone,
        )
    except (*BROKEN, webauthn.helpers.exceptions.WebAuthnException) as error:
        raise Invalid("passkey_mismatch") from error
    return checked.new_sign_count


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST:
        raise ValueError("too long")
    value = orjson.loads(answer)
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _describe(known: Sequence[Passkey]) -> "list[PublicKeyCredentialDescriptor]":
    return [webauthn.helpers.structs.PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known]


def _host(site: Site) -> str:
    """Keys belong to a name, whatever the port."""
    return urlsplit(site.url).hostname or site.host
