"""What the files of figures are, for programs: a Table Schema of their columns, and a DCAT catalogue. Pure."""

from typing import Any

from models.coop.figures.cells import Available
from models.preferences import Preferences
from models.settings import Site
from web.pages.instance.figures.words import LICENCES, find_last_day

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"

FRENCH = "http://publications.europa.eu/resource/authority/language/FRA"

TITLE = "Échanges de biens et de services entre habitants"

DESCRIPTION = (
    "Prêts, dons, ventes et coups de main entre habitants, par mois, trimestre et année, par commune, "
    "intercommunalité, genre et façon, comptés chez la coopérative où l’annonce a paru. Au-dessous de 5, un nombre "
    "n’est pas montré, des heures et des objets ne le sont pas au-dessous de 5 échanges, et un deuxième nombre ne "
    "l’est pas quand un calcul trahirait le premier. Les mois passés ne changent plus."
)

COLUMNS = (
    ("periode", "string", "Mois (2026-03), trimestre (2026-T1), année (2026) ou « tout »"),
    ("debut", "date", "Premier jour ; vide pour « tout »"),
    ("fin", "date", "Dernier jour ; vide pour « tout »"),
    ("insee", "string", "Code Insee de la commune ; vide si ce n’est pas une commune"),
    ("siren", "string", "Code Siren de l’intercommunalité ; vide si ce n’en est pas une"),
    ("genre", "string", "offer (offre), request (demande), repair_call (panne de vélo) ; vide pour tous"),
    ("mode", "string", "gift, loan, swap, sale, service, repair, other ; vide pour tous"),
    ("avec", "string", "ici (entre membres), ailleurs (avec une autre coopérative) ; vide pour les deux"),
    ("mesure", "string", "Ce qui est compté"),
    ("valeur", "integer", "Le nombre ; vide s’il n’est pas montré"),
    ("etat", "string", "exact, au_moins (une partie n’est pas montrée), non_montre"),
)


def describe_columns(site: Site, chosen: Preferences) -> dict[str, Any]:
    """A Table Schema, as schema.data.gouv.fr and Frictionless read it."""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "chiffres-cooperative",
        "title": TITLE,
        "description": DESCRIPTION,
        "homepage": f"{site.url}/chiffres",
        "contributors": [{"title": chosen.name or site.host, "role": "author"}],
        "fields": [
            {"name": name, "type": type, "description": description, "constraints": _constrain(name)}
            for name, type, description in COLUMNS
        ],
        "missingValues": [""],
        "primaryKey": ["periode", "insee", "siren", "genre", "mode", "avec", "mesure"],
    }


def _constrain(name: str) -> dict[str, Any]:
    if name == "etat":
        return {"required": True, "enum": ["exact", "au_moins", "non_montre"]}
    return {"required": name in ("periode", "mesure")}


def describe_catalogue(site: Site, chosen: Preferences, there: Available) -> dict[str, Any]:
    """A catalogue with one dataset: its files, its licence, how often it changes, and of which time it is."""
    name = chosen.name or site.host
    publisher = {"@id": site.url, "@type": "foaf:Organization", "foaf:name": name, "foaf:homepage": {"@id": site.url}}
    return {
        "@context": CONTEXT,
        "@id": f"{site.url}/chiffres/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"Données ouvertes de {name}", "@language": "fr"},
        "dct:description": {"@value": f"Ce que {name} publie de ce qui s’y échange.", "@language": "fr"},
        "dct:publisher": publisher,
        "dct:language": {"@id": FRENCH},
        "foaf:homepage": {"@id": f"{site.url}/chiffres"},
        "dcat:dataset": [_describe_dataset(site, chosen, there, name)],
    }


def _describe_dataset(site: Site, chosen: Preferences, there: Available, name: str) -> dict[str, Any]:
    months = sorted(one for one in there.periods if one.length == "month")
    territory = f" : {chosen.territory_name}" if chosen.territory_name else ""
    dataset: dict[str, Any] = {
        "@id": f"{site.url}/chiffres",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{site.url}/chiffres",
        "dct:title": {"@value": f"{TITLE}, {name}{territory}", "@language": "fr"},
        "dct:description": {"@value": DESCRIPTION, "@language": "fr"},
        "dcat:keyword": ["économie sociale et solidaire", "prêt", "don", "réemploi", "entraide", "coopérative"],
        "dct:publisher": {"@id": site.url},
        "dct:license": {"@id": LICENCES[chosen.figures_licence][1]},
        "dct:accrualPeriodicity": {"@id": MONTHLY},
        "dct:language": {"@id": FRENCH},
        "dcat:landingPage": {"@id": f"{site.url}/chiffres"},
        "dcat:distribution": [
            _describe_file(site, chosen, *one)
            for one in (
                ("Tableur, points-virgules", "/chiffres.csv", "csv", "text/csv"),
                ("Tableur, virgules", "/chiffres.csv?separateur=virgule", "csv", "text/csv"),
                ("JSON", "/chiffres.json", "json", "application/json"),
            )
        ],
    }
    if chosen.contact_email:
        mail = {"@id": f"mailto:{chosen.contact_email}"}
        dataset["dcat:contactPoint"] = {"@type": "vcard:Organization", "vcard:fn": name, "vcard:hasEmail": mail}
    if months:
        dataset["dct:temporal"] = f"{months[0].first.isoformat()}/{find_last_day(months[-1]).isoformat()}"
    if there.closed_at is not None:
        dataset["dct:modified"] = {"@value": there.closed_at.isoformat(), "@type": "xsd:dateTime"}
    return dataset


def _describe_file(site: Site, chosen: Preferences, title: str, path: str, format: str, media: str) -> dict[str, Any]:
    return {
        "@id": f"{site.url}{path}",
        "@type": "dcat:Distribution",
        "dct:title": {"@value": title, "@language": "fr"},
        "dcat:accessURL": {"@id": f"{site.url}/chiffres"},
        "dcat:downloadURL": {"@id": f"{site.url}{path}"},
        "dct:format": format,
        "dcat:mediaType": media,
        "dct:license": {"@id": LICENCES[chosen.figures_licence][1]},
        "dct:conformsTo": {"@id": f"{site.url}/chiffres/schema.json"},
    }
