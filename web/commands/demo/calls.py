"""The repair calls of the demo, of both houses."""

from web.commands.demo.demo_listing import DemoListing

LOMME_CALLS = (
    DemoListing(
        author="hocine",
        kind="repair_call",
        mode="repair",
        title="Roue arrière voilée, je suis à pied",
        text="Un nid-de-poule, et voilà. Je peux pousser le vélo jusqu’à la mairie.",
        category="reparation-roue",
        days=3,
        photos=(("roue", "Une roue arrière de vélo, voilée"),),
        more={
            "repair": {
                "bike_type": "city",
                "interventions": ["wheel"],
                "wheel_size": None,
                "rideable": False,
                "urgency": "Today",
            }
        },
    ),
    DemoListing(
        author="maryse",
        kind="repair_call",
        mode="repair",
        title="Frein avant qui ne freine plus",
        text="La poignée touche le guidon. Je ne roule plus avec, j’attends quelqu’un.",
        category="freins",
        days=7,
        more={
            "repair": {
                "bike_type": "cargo",
                "interventions": ["brakes"],
                "wheel_size": None,
                "rideable": False,
                "urgency": "ThisWeek",
            }
        },
    ),
)

HENIN_CALLS = (
    DemoListing(
        author="leonie",
        kind="repair_call",
        mode="repair",
        title="Chaîne qui saute dans les côtes",
        text="Surtout celle du terril. Le vélo roule, mais je n’ose plus me lever sur les pédales.",
        category="transmission",
        days=7,
        photos=(("velo", "Un vélo de ville vert avec un panier"),),
        more={
            "repair": {
                "bike_type": "city",
                "interventions": ["chain"],
                "wheel_size": None,
                "rideable": True,
                "urgency": "ThisWeek",
            }
        },
    ),
)
