"""Signatures after draft-cavage-http-signatures-12, as nearly all of the fediverse writes them."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from types import MappingProxyType

from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import base64, policy
from federation.signatures.claim import Claim
from federation.signatures.digests import build_digest, require_digests
from federation.signatures.envelope import Envelope
from federation.signatures.public_keys import Algorithm
from federation.signatures.signer import SignatureScheme, Signer
from models.settings import Site

_PARAMETER = re.compile(r'\s*([A-Za-z]+)=(?:"([^"]*)"|(-?\d+))\s*(?:,|$)', re.ASCII)

_ALGORITHMS: dict[str | None, frozenset[Algorithm]] = {
    None: frozenset({"rsa", "ed25519"}),
    "hs2019": frozenset({"rsa", "ed25519"}),
    "rsa-sha256": frozenset({"rsa"}),
}
"""What the parameter allows; the key decides (SG2)."""

_LONGEST_HEADER = 8192

_SIGNATURE = 'signature="'

_BEFORE_PARAMETERS = ("", ",", " ")

_LONGEST_KEPT = 512
"""Characters before a signature: longer ones are not kept."""

_MOST_KEPT = 1024
"""So many of what stands before signatures are kept, of so many actors; anybody may fill them."""


def read_claim(envelope: Envelope, site: Site, at: datetime) -> Claim:
    """The one signature of this request, checked as far as it goes without the key. Raises SignatureInvalid."""
    parameters = _read_parameters(envelope)
    covered = parameters.get("headers", "date").lower().split()
    algorithm = parameters.get("algorithm")
    if algorithm not in _ALGORITHMS:
        raise SignatureInvalid("The signature names an algorithm that is not accepted here.")
    if algorithm == "rsa-sha256" and ("(created)" in covered or "(expires)" in covered):
        raise SignatureInvalid("A signature with (created) is made with hs2019.")
    key_id = policy.require_key_id(parameters.get("keyId"))
    policy.require_our_host(envelope, site)
    _require_covered(envelope, covered)
    made = _require_times(envelope, covered, parameters, at)
    require_digests(envelope)
    return Claim(
        key_id=key_id,
        signature=base64.decode(parameters.get("signature", "")),
        bases=tuple(build_base(envelope, covered, parameters, target) for target in _list_targets(envelope)),
        algorithms=_ALGORITHMS[algorithm],
        scheme=SignatureScheme.CAVAGE,
        created=made,
    )


def build_base(envelope: Envelope, covered: list[str], parameters: dict[str, str], target: str) -> bytes:
    """The text that is signed (draft §2.3). Raises SignatureInvalid when a covered header is absent (SG6)."""
    lines = []
    for name in covered:
        if name == "(request-target)":
            value = target
        elif name in {"(created)", "(expires)"}:
            value = parameters.get(name[1:-1], "")
        else:
            values = envelope.headers.getall(name, None)
            if values is None:
                raise SignatureInvalid(f"The signature covers {name}, which the request does not have.")
            value = values[0].strip() if len(values) == 1 else ", ".join([part.strip() for part in values])
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def sign(request: Envelope, signer: Signer, at: datetime) -> CIMultiDict[str]:
    """The headers to add to a request of ours that has its Host already: Date, Digest and Signature (RS9)."""
    headers = request.headers.copy()
    headers["Date"] = format_datetime(at, usegmt=True)
    covered = ["(request-target)", "host", "date"]
    if request.method not in policy.BODILESS:
        headers["Digest"] = build_digest(request.body)
        covered += ["digest", "content-type"]
    covered += [name for name in policy.ALSO_SIGNED if name in headers]
    signed = Envelope(method=request.method, path=request.path, headers=headers, body=request.body)
    base = build_base(signed, covered, {}, f"{request.method.lower()} {request.path}")
    headers["Signature"] = (
        f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
        f'signature="{base64.encode(signer.sign(base))}"'
    )
    return headers


def _read_parameters(envelope: Envelope) -> dict[str, str]:
    values = envelope.headers.getall("signature", [])
    if len(values) != 1 or len(values[0]) > _LONGEST_HEADER:
        raise SignatureInvalid("The request has to carry one signature.")
    text = values[0].strip()
    # What stands before the signature itself is the same in all that one actor sends: it is read once.
    before, mark, last = text.rpartition(_SIGNATURE)
    signature = last[:-1]
    known = mark and before[-1:] in _BEFORE_PARAMETERS  # else it is the end of a longer name
    if known and last.endswith('"') and '"' not in signature and len(before) <= _LONGEST_KEPT:
        parameters = _read_kept(f'{before}{_SIGNATURE}"')
        if parameters.get("signature") == "":
            return {**parameters, "signature": signature}
    return _read_all(text)


@lru_cache(maxsize=_MOST_KEPT)
def _read_kept(text: str) -> Mapping[str, str]:
    return MappingProxyType(_read_all(text))


def _read_all(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None or match[1] in parameters:
            raise SignatureInvalid("The Signature header cannot be read.")
        parameters[match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    return parameters


def _list_targets(envelope: Envelope) -> list[str]:
    method = envelope.method.lower()
    targets = [f"{method} {envelope.path}"]
    if envelope.method in policy.BODILESS and "?" in envelope.path:
        targets.append(f"{method} {envelope.path.partition('?')[0]}")
    return targets


def _require_covered(envelope: Envelope, covered: list[str]) -> None:
    """What has to be signed, so that nothing that matters can be exchanged (SG5)."""
    needed = {"(request-target)", "host"}
    if envelope.method not in policy.BODILESS:
        needed.add("digest")
    if not needed.issubset(covered) or not ("date" in covered or "(created)" in covered):
        raise SignatureInvalid("The signature has to cover (request-target), host, a time, and the digest of a body.")


def _require_times(envelope: Envelope, covered: list[str], parameters: dict[str, str], at: datetime) -> datetime:
    """Check every time that is covered; the first of them. `expires` may only stretch a time when it is covered."""
    expires = _read_seconds(parameters, "expires")
    if expires is not None and at > expires + policy.GRACE:
        raise SignatureInvalid("The signature has expired.")
    if "(expires)" not in covered:
        expires = None
    elif expires is None:
        raise SignatureInvalid("The signature covers (expires), which it does not have.")
    moments = _list_moments(envelope, covered, parameters)
    for moment in moments:
        policy.require_time(moment, expires, at)
    return moments[0]


def _list_moments(envelope: Envelope, covered: list[str], parameters: dict[str, str]) -> list[datetime]:
    moments = []
    if "(created)" in covered:
        created = _read_seconds(parameters, "created")
        if created is None:
            raise SignatureInvalid("The signature covers (created), which it does not have.")
        moments.append(created)
    if "date" in covered:
        moments.append(policy.read_date(envelope.headers.get("date", "")))
    return moments


def _read_seconds(parameters: dict[str, str], name: str) -> datetime | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 11:
        raise SignatureInvalid("A time in the signature is not one.")
    return policy.read_timestamp(int(text))
