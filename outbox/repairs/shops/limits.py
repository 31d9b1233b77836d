"""What a shop may say of itself, what may stand in its price list, and what may be said when it is decided about."""

from collections.abc import Sequence
from dataclasses import replace

from models.errors import Invalid
from models.repairs.shops.prices import LABEL_LIMIT, MOST_CENTS, MOST_PRICES, NOTE_LIMIT, PRICE_KINDS, Price
from models.repairs.shops.shop_types import BIKE_TYPES, INTERVENTIONS, MOST_TYPES, SHOP_TYPES, tidy_types
from models.repairs.shops.shops import MOST_COMMUNES, WORDS_LIMIT, ShopDetails
from models.texts import NOT_TYPED


def require_details(details: ShopDetails, own_types: Sequence[str]) -> ShopDetails:
    """The details, tidied; `own_types` are the cooperative's own kinds. Raises Invalid with the wrong `field`."""
    types = tidy_types(details.types)
    words = " ".join(NOT_TYPED.sub("", details.words).split())
    if not set(types) <= {*SHOP_TYPES, *own_types}:
        raise Invalid("shop_type_unknown", field="types")
    if len(details.types) > MOST_TYPES:
        raise Invalid("shop_types_too_many", field="types", most=MOST_TYPES)
    if not set(details.bike_types) <= set(BIKE_TYPES):
        raise Invalid("shop_bike_unknown", field="bike_types")
    if not set(details.interventions) <= set(INTERVENTIONS):
        raise Invalid("shop_repair_unknown", field="interventions")
    if len(words) > WORDS_LIMIT:
        raise Invalid("shop_words_too_long", field="words", most=WORDS_LIMIT)
    if len(details.commune_codes) > MOST_COMMUNES:
        raise Invalid("shop_communes_too_many", field="communes", most=MOST_COMMUNES)
    if not details.workshop and not details.commune_codes:
        raise Invalid("shop_communes_missing", field="communes")
    return replace(details, types=types, words=words, commune_codes=sorted(set(details.commune_codes)))


def require_prices(lines: Sequence[Price]) -> list[Price]:
    """The lines, tidied. Raises Invalid whose `field` is `label_N`, `price_N` or `note_N`."""
    if len(lines) > MOST_PRICES:
        raise Invalid("prices_too_many", field="prices", most=MOST_PRICES)
    return [_require_price(number, line) for number, line in enumerate(lines)]


def _require_price(number: int, line: Price) -> Price:
    label, note = (" ".join(NOT_TYPED.sub("", text).split()) for text in (line.label, line.note))
    if not label:
        raise Invalid("price_label_missing", field=f"label_{number}")
    if len(label) > LABEL_LIMIT:
        raise Invalid("price_label_too_long", field=f"label_{number}", most=LABEL_LIMIT)
    if len(note) > NOTE_LIMIT:
        raise Invalid("price_note_too_long", field=f"note_{number}", most=NOTE_LIMIT)
    if line.kind not in PRICE_KINDS or (line.cents is None) != (line.kind == "free"):
        raise Invalid("repair_price_missing", field=f"price_{number}")
    if line.cents is not None and not 0 <= line.cents <= MOST_CENTS:
        raise Invalid("price_out_of_range", field=f"price_{number}", most=MOST_CENTS // 100)
    return replace(line, label=label, note=note)
