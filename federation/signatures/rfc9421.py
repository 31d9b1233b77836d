"""HTTP Message Signatures (RFC 9421), the part of it that the fediverse uses."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from multidict import CIMultiDict

from federation.errors import SignatureInvalid
from federation.signatures import base64, policy
from federation.signatures.claim import Claim
from federation.signatures.digests import build_content_digest, require_digests
from federation.signatures.envelope import Envelope
from federation.signatures.public_keys import Algorithm
from federation.signatures.signer import SignatureScheme, Signer
from federation.signatures.structured import read_dictionary, write_inner_list
from models.settings import Site

_ALGORITHMS: dict[str | None, frozenset[Algorithm]] = {
    None: frozenset({"rsa", "ed25519"}),
    "rsa-v1_5-sha256": frozenset({"rsa"}),
    "ed25519": frozenset({"ed25519"}),
}

_DERIVED: dict[str, Callable[[Envelope, Site], str]] = {
    "@method": lambda envelope, site: envelope.method.upper(),
    "@target-uri": lambda envelope, site: site.url + envelope.path,
    "@authority": lambda envelope, site: site.host,
    "@scheme": lambda envelope, site: site.url.partition(":")[0],
    "@request-target": lambda envelope, site: envelope.path,
    "@path": lambda envelope, site: envelope.path.partition("?")[0] or "/",
    "@query": lambda envelope, site: "?" + envelope.path.partition("?")[2],
}
"""Taken from our configured origin, never from headers that a proxy may have written (RS6)."""

MOST_LABELS = 4


def read_claims(envelope: Envelope, site: Site, at: datetime) -> list[Claim]:
    """Every signature of this request, checked as far as it goes without the key. Raises SignatureInvalid.

    One that is not acceptable spoils them all: nobody has a reason to send us such a thing (RS5).
    """
    inputs = _read_dictionary(envelope, "signature-input")
    signatures = _read_dictionary(envelope, "signature")
    if not 0 < len(inputs) <= MOST_LABELS or inputs.keys() != signatures.keys():
        raise SignatureInvalid("Signature-Input and Signature do not belong together.")
    policy.require_our_host(envelope, site)
    require_digests(envelope)
    return [_read_claim(envelope, site, at, inputs[label], signatures[label]) for label in inputs]


def build_base(envelope: Envelope, site: Site, components: list[str], parameters: str) -> bytes:
    """The text that is signed (RFC 9421 §2.5). Raises SignatureInvalid for components that are absent or unknown."""
    lines = []
    for name in components:
        if name.startswith("@"):
            derive = _DERIVED.get(name)
            if derive is None:
                raise SignatureInvalid(f"The signature covers {name}, which is not known here.")
            value = derive(envelope, site)
        else:
            values = envelope.headers.getall(name, None)
            if values is None:
                raise SignatureInvalid(f"The signature covers {name}, which the request does not have.")
            value = ", ".join(" ".join(part.split("\r\n")).strip() for part in values)
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def sign(request: Envelope, site: Site, signer: Signer, at: datetime) -> CIMultiDict[str]:
    """The headers to add to a request of ours: Content-Digest, Signature-Input and Signature (RS9).

    `site` is the origin that is asked, not ours.
    """
    headers = request.headers.copy()
    components = ["@method", "@target-uri"]
    if request.method not in policy.BODILESS:
        headers["Content-Digest"] = build_content_digest(request.body)
        components.append("content-digest")
    components += [name for name in policy.ALSO_SIGNED if name in headers]
    covered = " ".join(f'"{name}"' for name in components)
    parameters = f'({covered});created={int(at.timestamp())};keyid="{signer.key_id}";alg="{signer.algorithm}"'
    signed = Envelope(method=request.method, path=request.path, headers=headers, body=request.body)
    signature = signer.sign(build_base(signed, site, components, parameters))
    headers["Signature-Input"] = f"sig1={parameters}"
    headers["Signature"] = f"sig1=:{base64.encode(signature)}:"
    return headers


def _read_dictionary(envelope: Envelope, name: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    return read_dictionary(name, ", ".join(envelope.headers.getall(name, [])))


def _read_claim(envelope: Envelope, site: Site, at: datetime, member: Any, signature: Any) -> Claim:
    items, parameters = member
    if not isinstance(items, list) or not isinstance(signature[0], bytes):
        raise SignatureInvalid("Signature-Input and Signature cannot be read.")
    components = _read_components(items)
    _require_covered(envelope, components)
    key_id = policy.require_key_id(parameters.get("keyid"))
    algorithm, nonce = parameters.get("alg"), parameters.get("nonce")
    if not (algorithm is None or isinstance(algorithm, str)) or algorithm not in _ALGORITHMS:
        raise SignatureInvalid("The signature names an algorithm that is not accepted here.")
    created = policy.read_timestamp(parameters.get("created"))
    expires = parameters.get("expires")
    policy.require_time(created, None if expires is None else policy.read_timestamp(expires), at)
    return Claim(
        key_id=key_id,
        signature=signature[0],
        bases=(build_base(envelope, site, components, write_inner_list(items, parameters)),),
        algorithms=_ALGORITHMS[algorithm],
        scheme=SignatureScheme.RFC9421,
        created=created,
        nonce=nonce if isinstance(nonce, str) else None,
    )


def _read_components(items: list[Any]) -> list[str]:
    """The names that are covered; parameters such as `;sf` change what they mean, and none is supported (RS4)."""
    names = []
    for name, parameters in items:
        if not isinstance(name, str) or parameters or name != name.lower() or name in names:
            raise SignatureInvalid("The signature covers something that is not known here.")
        names.append(name)
    return names


def _require_covered(envelope: Envelope, components: list[str]) -> None:
    """What has to be signed, so that nothing that matters can be exchanged (RS1, RS2)."""
    whole = "@target-uri" in components
    parts = {"@authority", "@path"}.issubset(components) or {"@authority", "@request-target"}.issubset(components)
    if parts and "?" in envelope.path:
        parts = "@query" in components or "@request-target" in components
    if "@method" not in components or not (whole or parts):
        raise SignatureInvalid("The signature has to cover @method and @target-uri.")
    if envelope.method not in policy.BODILESS and "content-digest" not in components:
        raise SignatureInvalid("The signature has to cover content-digest.")
