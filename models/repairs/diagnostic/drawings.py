"""The drawings that ship, by their names: symbols of web/static/images/repairs.svg, from which a tree chooses."""

DRAWINGS = (
    "batterie-chaude", "batterie-choc", "blocage-rapide", "bruit-par-tour", "bruit-toujours", "cable-casse",
    "chaine-cassee", "chaine-coincee", "chaine-tombee", "chaine-usee", "changer-chambre", "chercher-bruit",
    "controle-direction", "controle-freins", "degager-roue", "derailleur-tordu", "disque-frotte", "dynamo",
    "ecouter-pedalier", "ecrou-de-roue", "etre-vu", "examiner-roue", "frein-a-disque", "frein-a-patins", "frein-crie",
    "frein-de-moyeu", "frein-frotte", "gonfler", "hauteur-selle", "huiler", "levier-bon", "levier-loin",
    "levier-touche", "mesurer-chaine", "molette-derailleur", "moyeu-repere", "patin-use", "piles", "pneu-a-plat",
    "pneu-bosse", "pneu-coupe", "pneu-mal-assis", "pneu-mou", "pneu-usure", "poignee-tourne", "rayon-casse",
    "recentrer-patins", "reconnaitre-frein", "redresser-guidon", "remettre-chaine", "roue-bloquee", "roue-jeu",
    "roue-voile", "rustine", "selle-descend", "serrer-ecrous", "serrer-pedale", "tendre-cable", "usure-patins",
    "vae-aimant", "vae-charger", "vae-code", "vae-eteint", "vae-redemarrer", "valves", "velo", "velo-arrete",
    "velo-chaine", "velo-chute", "velo-direction", "velo-doute", "velo-electrique", "velo-fendu", "velo-frein",
    "velo-lumiere", "velo-outil", "velo-pedalier", "velo-pneu", "velo-roue", "velo-selle", "velo-vitesses",
    "voile-leger",
)  # fmt: skip
