"""Settings that do not go together, in one table: none of them is made by a change, whoever changes it, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from models.preferences import Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """`fields` are the settings that contradict one another; `holds` says whether they do.

    What is said of it, by its `code`, stands in `web/rendering/error_messages/settings`.
    """

    code: str
    fields: tuple[str, ...]
    holds: Callable[[Preferences], bool]


CONTRADICTIONS: tuple[Contradiction, ...] = (
    Contradiction(
        code="closed_while_members_invite",
        fields=("registration", "member_invitations"),
        holds=lambda chosen: chosen.registration == "closed" and chosen.member_invitations > 0,
    ),
    Contradiction(
        code="passers_by_without_guests",
        fields=("guests", "passers_by"),
        holds=lambda chosen: not chosen.guests and chosen.passers_by != "closed",
    ),
    Contradiction(
        code="points_without_use",
        fields=("points", "modes"),
        holds=lambda chosen: chosen.points and not {"loan", "service"} & {*chosen.modes},
    ),
    Contradiction(
        code="markets_without_goods",
        fields=("markets", "modes"),
        holds=lambda chosen: chosen.markets and not {"gift", "sale"} & {*chosen.modes},
    ),
    Contradiction(
        code="no_way_to_exchange",
        fields=("modes",),
        holds=lambda chosen: not chosen.modes,
    ),
    Contradiction(
        code="no_kind",
        fields=("kinds",),
        holds=lambda chosen: not {"offer", "request"} & {*chosen.kinds},
    ),
    Contradiction(
        code="calls_off_while_passers_by",
        fields=("kinds", "passers_by"),
        holds=lambda chosen: "repair_call" not in chosen.kinds and chosen.passers_by != "closed",
    ),
    Contradiction(
        code="home_without_loans",
        fields=("home_needed", "modes"),
        holds=lambda chosen: chosen.home_needed != "nobody" and "loan" not in chosen.modes,
    ),
    Contradiction(
        code="background_without_source",
        fields=("map_tiles", "map_credit"),
        holds=lambda chosen: bool(chosen.map_tiles) and not chosen.map_credit,
    ),
    Contradiction(
        code="kilograms_without_source",
        fields=("kilogram_factor", "kilogram_source"),
        holds=lambda chosen: bool(chosen.kilogram_factor) and not chosen.kilogram_source,
    ),
    Contradiction(
        code="dues_out_of_order",
        fields=("dues_least", "dues_most", "dues_suggested"),
        holds=lambda chosen: not chosen.dues_least <= chosen.dues_suggested <= chosen.dues_most,
    ),
    Contradiction(
        code="dues_lapse_without_loans",
        fields=("dues", "dues_lapse", "modes"),
        holds=lambda chosen: chosen.dues and chosen.dues_lapse == "borrowing" and "loan" not in chosen.modes,
    ),
)


def find_contradictions(chosen: Preferences) -> list[Contradiction]:
    """Those that hold among these settings."""
    return [one for one in CONTRADICTIONS if one.holds(chosen)]
