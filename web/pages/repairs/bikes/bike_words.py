"""How a bike left, in words."""

from web.rendering.render import N_

LEFT = {
    "given": N_("Donné"),
    "sold": N_("Vendu"),
    "scrapped": N_("À la casse, ou en pièces"),
    "handed-over": N_("Donné, avec son carnet"),
}
