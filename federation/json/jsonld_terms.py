"""The JSON-LD terms that we use beyond ActivityStreams, and the inline context that names just those a document has."""

from functools import lru_cache
from typing import Any

from federation.json.fields import Json

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
EXTENSION = "https://w3id.org/declic/ns#"
"""Our namespace; frozen once published, added to only."""

CAPABILITY = "https://w3id.org/declic/v1"
PROPOSALS = "https://w3id.org/fep/0837"

QUOTES = "https://w3id.org/fep/044f"

PREFIXES = {
    "declic": EXTENSION,
    "flohmarkt": "https://codeberg.org/flohmarkt/flohmarkt/ns#",
    "gts": "https://gotosocial.org/ns#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "maid": "https://mutual-aid.app/ns/core#",
    "mz": "https://joinmobilizon.org/ns#",
    "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    "schema": "http://schema.org/",
    "sec": "https://w3id.org/security#",
    "toot": "http://joinmastodon.org/ns#",
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _ids(prefix: str, *names: str) -> dict[str, Any]:
    """Terms whose values are addresses or objects."""
    return {name: {"@id": f"{prefix}:{name}", "@type": "@id"} for name in names}


def _typed(prefix: str, datatype: str, *names: str) -> dict[str, Any]:
    return {name: {"@id": f"{prefix}:{name}", "@type": f"xsd:{datatype}"} for name in names}


def _plain(prefix: str, *names: str) -> dict[str, Any]:
    """Types, and terms whose values are strings, numbers or objects."""
    return {name: f"{prefix}:{name}" for name in names}


TERMS: dict[str, Any] = {
    **_plain("as", "Hashtag", "sensitive", "manuallyApprovesFollowers"),
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    **_plain("toot", "discoverable", "indexable", "suspended", "blurhash", "Emoji", "votersCount"),
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    **_ids("toot", "featured"),
    **_plain("schema", "PropertyValue", "value", "PostalAddress", "streetAddress", "postalCode"),
    **_ids("schema", "openingHoursSpecification", "specialOpeningHoursSpecification"),
    "OpeningHoursSpecification": "schema:OpeningHoursSpecification",
    "dayOfWeek": {"@id": "schema:dayOfWeek", "@type": "@vocab"},
    **_plain("schema", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    **_typed("schema", "time", "opens", "closes"),
    **_typed("schema", "date", "validFrom", "validThrough"),
    **_plain("schema", "addressLocality", "addressRegion", "addressCountry"),
    **_ids("schema", "address"),
    "additionalType": {"@id": "schema:additionalType", "@type": "@vocab"},
    **_ids("gts", "interactionPolicy", "canQuote", "automaticApproval", "interactingObject", "interactionTarget"),
    **{name: f"{QUOTES}#{name}" for name in ("QuoteAuthorization", "QuoteRequest")},
    **{name: {"@id": f"{QUOTES}#{name}", "@type": "@id"} for name in ("quote", "quoteAuthorization")},
    "quoteUrl": {"@id": "as:quoteUrl", "@type": "@id"},
    "quoteUri": {"@id": "http://fedibird.com/ns#quoteUri", "@type": "@id"},
    "_misskey_quote": {"@id": "https://misskey-hub.net/ns#_misskey_quote", "@type": "@id"},
    **_plain("maid", "GiftOffer", "LoanOffer", "BarterOffer", "SaleOffer"),
    **_plain("maid", "GiftRequest", "LoanRequest", "BarterRequest", "PurchaseRequest"),
    **_plain("declic", "ServiceOffer", "ServiceRequest", "RepairCall", "Thanks"),
    **_plain("vf", "Agreement", "Commitment", "EconomicEvent", "Intent", "Proposal"),
    **_plain("vf", "action", "purpose", "publishes", "reciprocal", "unitBased", "stipulates", "stipulatesReciprocal"),
    **_plain("om2", "hasUnit", "hasNumericalValue"),
    **_plain("vf", "resourceQuantity", "availableQuantity", "minimumQuantity"),
    **_ids("vf", "satisfies", "resourceConformsTo", "fulfills", "provider", "receiver"),
    **_plain("vf", "note"),
    **_typed("vf", "dateTime", "hasBeginning", "hasEnd", "due", "hasPointInTime"),
    **{name: {"@id": f"declic:{name}", "@type": "@vocab"} for name in ("proposalStatus", "urgency")},
    **_plain("declic", "Open", "Reserved", "Paused", "Fulfilled", "Cancelled", "Expired"),
    **_plain("declic", "Now", "Today", "ThisWeek", "Flexible"),
    **_plain("declic", "closedReason", "itemCondition", "RepairDetails", "bikeType", "wheelSize", "reach"),
    **_plain("declic", "partNeeded", "reward"),
    **_typed("declic", "integer", "travelDistance"),
    **_typed("declic", "boolean", "freePrice", "rideable"),
    **_typed("declic", "duration", "maxDuration"),
    **_typed("declic", "dateTime", "awayUntil", "restoredFrom", "restoredAt"),
    "Unavailability": "declic:Unavailability",
    "Slot": "declic:Slot",
    "intervention": {"@id": "declic:intervention", "@container": "@set"},
    **_ids("declic", "category", "territory", "deposit", "repair", "thanksFor", "serviceArea", "request"),
    **_ids("declic", "groups", "territories", "proposals", "unavailabilities", "slots"),
    **_ids("declic", "repairShop", "repairShops", "prices", "appointments"),
    **_plain("declic", "RepairShop", "RepairPrice", "ListedShop"),
    **{name: {"@id": f"declic:{name}", "@container": "@set"} for name in ("shopTypes", "bikeTypes", "interventions")},
    **_typed("declic", "boolean", "byAppointmentOnly"),
    **_ids("declic", "repairResult"),
    **_plain("declic", "RepairResult", "organ", "outcome", "barrier", "learnt", "problem", "brand"),
    **_typed("declic", "integer", "minutes"),
    **_typed("declic", "date", "repairedOn"),
    "parts": {"@id": "declic:parts", "@container": "@list"},
    **_plain("declic", "BikeBook", "BikeBookEntry", "model", "repairedBy"),
    **_typed("declic", "integer", "madeIn", "kilometres"),
    **_typed("declic", "date", "doneOn"),
    "bookEntries": {"@id": "declic:bookEntries", "@container": "@list"},
    **_typed("declic", "integer", "size"),
    **_ids("declic", "collective"),
    **_ids("declic", "stolenBikes"),
    **_plain("declic", "StolenBikeInquiry", "StolenBikeAnswer", "frameNumber", "contact"),
    **_typed("declic", "boolean", "stolen"),
    **_ids("declic", "looks", "heldCopies"),
    **_plain("declic", "LookRequest", "LookReport", "Sight", "check", "cause", "addresses", "seen"),
    **_typed("declic", "boolean", "well"),
    **_typed("declic", "integer", "figure"),
    **_ids("schema", "areaServed"),
    **_plain("schema", "identifier", "price", "minPrice", "priceCurrency"),
    **_ids("mz", "members"),
    **_plain("mz", "openness"),
    **_ids("declic", "managers", "charter", "parentCommunity", "heldWith"),
    **_plain("declic", "Charter"),
    **_typed("declic", "integer", "charterVersion", "approvalsNeeded"),
    "ical:recurrence-id": {"@id": "ical:recurrence-id", "@type": "xsd:dateTime"},
    "ical:status": {"@id": "ical:status", "@type": "xsd:string"},
    "ical:rrule": {"@id": "ical:rrule", "@type": "xsd:string"},
    **_plain("mz", "timezone", "externalParticipationUrl", "participationMessage"),
    "joinMode": {"@id": "mz:joinMode", "@type": "mz:joinModeType"},
    **_typed("mz", "integer", "participantCount"),
    **_plain("schema", "maximumAttendeeCapacity", "remainingAttendeeCapacity", "inLanguage", "partySize"),
    **_ids("declic", "occurrences"),
    "Occurrence": "declic:Occurrence",
    **_typed("declic", "integer", "placeInLine", "notified", "opened"),
    "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@list"},
    **_ids("sec", "publicKey", "owner", "controller"),
    "publicKeyPem": "sec:publicKeyPem",
    "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
    "Multikey": "sec:Multikey",
    **{name: {"@id": f"sec:{name}", "@type": "sec:multibase"} for name in ("publicKeyMultibase", "digestMultibase")},
    "flohmarkt:data": {"@id": "flohmarkt:data", "@type": "@json"},
}

IN_SECURITY = frozenset({"publicKey", "owner", "publicKeyPem"})
"""Terms that `security/v1` has already; actors carry that URL."""

VOCABULARY_VALUED = frozenset({"type", "additionalType", "proposalStatus", "urgency", "dayOfWeek"})
"""Properties whose values are themselves terms."""

Names = frozenset[str]


def collect_names(document: object) -> set[str]:
    """Every key in a document, and every type and term that stands as a value; not what is inside plain JSON."""
    found: set[str] = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found.update(value)
            for key, member in value.items():
                if key in VOCABULARY_VALUED:
                    found.update([member] if isinstance(member, str) else member)
                elif key != "flohmarkt:data" and isinstance(member, dict | list):
                    waiting.append(member)
        elif isinstance(value, list):
            waiting.extend(value)
    return found


@lru_cache(maxsize=512)
def _inline(names: Names) -> Json:
    terms = {name: TERMS[name] for name in TERMS if name in names}
    used = str(terms)
    prefixes = {prefix: address for prefix, address in PREFIXES.items() if f"{prefix}:" in used}
    return {**prefixes, **terms}


def context_of(names: set[str], *, security: bool) -> str | list[str | Json]:
    """The `@context` of a document that uses these names."""
    own = frozenset(names & _ALL)
    if security:
        return [ACTIVITYSTREAMS, SECURITY, _inline(own - IN_SECURITY)]
    return [ACTIVITYSTREAMS, _inline(own)] if own else ACTIVITYSTREAMS


_ALL = frozenset(TERMS)
