"""Public keys as actors show them: RSA for HTTP signatures, Multikey (FEP-521a) for proofs."""

from dataclasses import dataclass

from federation.json.fields import Json, each, text, types, uri

MAX_KEYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeyPem:
    """An RSA key as PEM. `owner` and `pem` are empty where the actor only names the key's address."""

    id: str
    owner: str = ""
    pem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multikey:
    """A key of FEP-521a."""

    id: str
    controller: str
    multibase: str


def read_public_key(document: Json) -> PublicKeyPem | None:
    """A key as an object, in an actor or standing for itself (GoToSocial); None without an id."""
    id = uri(document.get("id"))
    if id is None:
        return None
    return PublicKeyPem(
        id=id, owner=uri(document.get("owner")) or "", pem=text(document.get("publicKeyPem"), 20_000) or ""
    )


def read_public_keys(value: object) -> tuple[PublicKeyPem, ...]:
    """Keys as objects, and bare addresses of keys, in order (SG16: at most ten)."""
    found: list[PublicKeyPem] = []
    for member in each(value):
        if isinstance(member, dict):
            key = read_public_key(member)
        else:
            id = uri(member)
            key = PublicKeyPem(id=id) if id else None
        if key is not None:
            found.append(key)
        if len(found) == MAX_KEYS:
            break
    return tuple(found)


def read_multikey(document: Json) -> Multikey | None:
    """A Multikey (FEP-521a); None for other verification methods."""
    id, controller = uri(document.get("id")), uri(document.get("controller"))
    multibase = text(document.get("publicKeyMultibase"), 5_000)
    if "Multikey" not in types(document) or not (id and controller and multibase):
        return None
    return Multikey(id=id, controller=controller, multibase=multibase)


def write_public_key(value: PublicKeyPem) -> Json:
    """An RSA key."""
    return {"id": value.id, "owner": value.owner, "publicKeyPem": value.pem}


def write_multikey(value: Multikey) -> Json:
    """A Multikey."""
    return {
        "id": value.id,
        "type": "Multikey",
        "controller": value.controller,
        "publicKeyMultibase": value.multibase,
    }
