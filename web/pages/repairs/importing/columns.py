"""Which files there are, which columns each has and how these may be called: what `deploy/rustine` tells operators."""

from collections.abc import Mapping

from models.places.places import fold_name
from models.repairs.importing.lines import FileKind
from web.pages.repairs.importing.rows import Column

FILES: Mapping[str, FileKind] = {
    "repairers": "repairers",
    "repairer": "repairers",
    "reparateurs": "repairers",
    "enseignes": "repairers",
    "interventions": "interventions",
    "repairer interventions": "interventions",
    "repairer intervention": "interventions",
    "tarifs": "interventions",
    "openings": "openings",
    "opening hours": "openings",
    "repairer opening hours": "openings",
    "horaires": "openings",
    "closures": "closures",
    "exceptional closures": "closures",
    "repairer exceptional closures": "closures",
    "repairer exceptional closure": "closures",
    "fermetures": "closures",
    "bikes": "bikes",
    "bike": "bikes",
    "velos": "bikes",
    "appointments": "appointments",
    "appointment": "appointments",
    "rendez vous": "appointments",
    "maintenances": "maintenances",
    "maintenance": "maintenances",
    "carnets": "maintenances",
}
"""What a file may be called, folded, without its ending."""

COLUMNS: Mapping[FileKind, Mapping[str, Column]] = {
    "repairers": {
        "id": Column(names=("id",), wanted="number"),
        "name": Column(names=("name", "nom")),
        "street_number": Column(names=("street number", "numero")),
        "street": Column(names=("street", "rue", "adresse")),
        "postcode": Column(names=("postcode", "code postal")),
        "city": Column(names=("city", "ville", "commune")),
        "types": Column(names=("repairer types", "repairer type", "types", "type")),
        "bike_types": Column(names=("bike types supported", "bike types", "velos")),
        "cities": Column(names=("repairer cities", "cities", "villes d intervention")),
        "description": Column(names=("description",)),
        "optional_page": Column(names=("optional page", "informations")),
        "enabled": Column(names=("enabled", "valide")),
        "owner": Column(names=("owner email", "owner", "courriel du gerant"), wanted="mail"),
    },
    "interventions": {
        "id": Column(names=("id",), wanted="number"),
        "repairer": Column(names=("repairer id", "repairer"), wanted="number"),
        "label": Column(names=("description", "intervention", "label", "prestation")),
        "price": Column(names=("price", "prix")),
    },
    "openings": {
        "id": Column(names=("id",), wanted="number"),
        "repairer": Column(names=("repairer id", "repairer"), wanted="number"),
        "day": Column(names=("day", "jour")),
        "opens": Column(names=("start time", "ouverture")),
        "closes": Column(names=("end time", "fermeture")),
    },
    "closures": {
        "id": Column(names=("id",), wanted="number"),
        "repairer": Column(names=("repairer id", "repairer"), wanted="number"),
        "first": Column(names=("start date", "du")),
        "last": Column(names=("end date", "au")),
    },
    "bikes": {
        "id": Column(names=("id",), wanted="number"),
        "owner": Column(names=("owner email", "owner", "courriel"), wanted="mail"),
        "name": Column(names=("name", "nom")),
        "brand": Column(names=("brand", "marque")),
        "bike_type": Column(names=("bike type", "type")),
        "description": Column(names=("description",)),
    },
    "appointments": {
        "id": Column(names=("id",), wanted="number"),
        "repairer": Column(names=("repairer id", "repairer"), wanted="number"),
        "at": Column(names=("slot time", "date")),
        "status": Column(names=("status", "statut")),
        "customer": Column(names=("customer email", "customer", "courriel"), wanted="mail"),
        "bike_type": Column(names=("bike type",)),
        "subject": Column(names=("prestation", "auto diagnostic")),
        "outcome": Column(names=("outcome", "resultat")),
    },
    "maintenances": {
        "id": Column(names=("id",), wanted="number"),
        "bike": Column(names=("bike id", "bike"), wanted="number"),
        "name": Column(names=("name", "nom")),
        "description": Column(names=("description",)),
        "repair_date": Column(names=("repair date", "date")),
    },
}

REQUIRED: Mapping[FileKind, tuple[str, ...]] = {
    "repairers": ("id", "name", "city"),
    "interventions": ("id", "repairer", "label", "price"),
    "openings": ("id", "repairer", "day", "opens", "closes"),
    "closures": ("id", "repairer", "first", "last"),
    "bikes": ("id", "owner"),
    "appointments": ("id", "repairer", "at"),
    "maintenances": ("id", "bike", "name", "repair_date"),
}
"""Columns without which a file says nothing, and which no line may leave empty."""


def find_kind(filename: str) -> FileKind | None:
    """What a file of this name holds; None for others, which are left alone."""
    stem = filename.replace("\\", "/").rpartition("/")[2].rpartition(".")
    return FILES.get(fold_name(stem[0]).strip()) if stem[2].lower() in ("csv", "json", "jsonld", "txt") else None
