"""Files of others that stand in the wheel as they were published, outside of any package of a registry."""

import hashlib
from pathlib import Path
from typing import Any

from deploy.release.licences import write_licence

EXACT = "federation/jsonld/contexts/exact"

W3C = "W3C-20150513"

PUBLISHED = {
    "web/static/icons/icons.svg": ("lucide", "https://lucide.dev", "ISC AND MIT"),
    f"{EXACT}/data-integrity-v1.json": ("data-integrity-v1", "https://w3id.org/security/data-integrity/v1", W3C),
    f"{EXACT}/data-integrity-v2.json": ("data-integrity-v2", "https://w3id.org/security/data-integrity/v2", W3C),
    f"{EXACT}/multikey-v1.json": ("multikey-v1", "https://w3id.org/security/multikey/v1", W3C),
    f"{EXACT}/gotosocial.json": ("gotosocial", "https://gotosocial.org/ns", "AGPL-3.0-or-later"),
    f"{EXACT}/webfinger.json": ("fep-2c59", "https://purl.archive.org/socialweb/webfinger", "CC0-1.0"),
    f"{EXACT}/identity-v1.json": ("identity-v1", "https://w3id.org/identity/v1", ""),
}
"""File → what it is called, where it is published, its licence; none is known of a vocabulary that has none written."""


def describe_files(folder: Path) -> list[dict[str, Any]]:
    """A component of the bill for each, with the sum of the file as it stands in `folder`."""
    return [
        {
            "type": "data",
            "bom-ref": f"{name}#vendored",
            "name": name,
            "scope": "required",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((folder / file).read_bytes()).hexdigest()}],
            "licenses": write_licence(licence) if licence else [{"license": {"name": "none that is written down"}}],
            "externalReferences": [{"type": "website", "url": address}],
            "properties": [{"name": "declic:file", "value": file}],
        }
        for file, (name, address, licence) in sorted(PUBLISHED.items())
    ]
