"""Files as the operator of a Rustine Libre exports them: two workshops and one who comes by, bikes, appointments."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from web.pages.repairs.importing.reading import SentFile

SOON = datetime.now(UTC).replace(microsecond=0, second=0, minute=0) + timedelta(days=9)

HEADS = (
    "id,name,street_number,street,postcode,city,repairer_types,bike_types,repairer_cities,description,optional_page,"
    "enabled,owner_email"
)

REPAIRERS = f"""{HEADS}
12,Chez Johnny,1936,rue Johnny Hallyday,59160,Lomme,Atelier de réparation,Vélo classique | Vélo électrique,,\
<p>On répare <b>tout</b>.</p>,Nous fonctionnons uniquement sur rendez-vous,t,alice@example.org
13,Le Vélo à deux,,,59000,Lille,Auto réparation,Vélo classique,,,,t,karim@exemple.fr
14,Inès passe,,,59160,Lomme,Réparateur itinérant,Vélo cargo,59160 Lomme | 59000 Lille,,,t,
15,Pas encore validé,,,59160,Lomme,Atelier de réparation,,,,,f,
"""

INTERVENTIONS = """id,repairer_id,description,price
1,12,Changement d'une roue,5000
2,12,"Réglage des freins, avant et arrière",1500
3,14,Crevaison,1000
"""

OPENINGS = """id,repairer_id,day,start_time,end_time
1,12,monday,09:00,12:30
2,12,Lundi,14h,00:00
3,12,friday,9h30,2026-01-01T18:00:00+00:00
4,14,saturday,10:00:00,12:00:00
"""

CLOSURES = f"""id,repairer_id,start_date,end_date
1,12,2024-08-01 00:00:00,2024-08-15 00:00:00
2,12,{SOON.date()},{SOON.date() + timedelta(days=3)}
"""

BIKES = """id,owner_email,name,brand,bike_type,description
70,alice@example.org,Mon bleu,Gitane,Vélo électrique,Acheté d’occasion
71,personne@exemple.fr,Rouge,Peugeot,Vélo classique,
"""

APPOINTMENTS = f"""id,repairer_id,slot_time,status,customer_email,bike_type,prestation,outcome
500,12,2024-03-12 14:00:00,validated,alice@example.org,Vélo classique,Problème de frein,réparé
501,12,2024-03-13 10:00:00,validated,personne@exemple.fr,Vélo électrique,Problème de pneu,
502,12,{SOON.isoformat()},validated,personne@exemple.fr,,Entretien classique,
503,12,{(SOON + timedelta(hours=2)).isoformat()},validated,alice@example.org,,,
504,12,{(SOON + timedelta(hours=3)).isoformat()},pending_repairer,,,,
505,12,{(SOON + timedelta(hours=4)).isoformat()},cancel,,,,
"""

MAINTENANCES = """id,bike_id,name,description,repair_date
900,70,Révision,"Chaîne changée,
freins réglés",2024-05-02 00:00:00
901,71,Pneus,,2024-05-03 00:00:00
"""

FILES = {
    "repairers.csv": REPAIRERS,
    "interventions.csv": INTERVENTIONS,
    "openings.csv": OPENINGS,
    "closures.csv": CLOSURES,
    "bikes.csv": BIKES,
    "appointments.csv": APPOINTMENTS,
    "maintenances.csv": MAINTENANCES,
}


def make_files(**changed: str) -> list[SentFile]:
    """All seven; `bikes="…"` is another text of one of them, "" leaves it out."""
    texts = FILES | {f"{name}.csv": text for name, text in changed.items()}
    return [SentFile(name=name, body=text.encode()) for name, text in texts.items() if text]


def make_json(kind: str, values: list[dict[str, Any]], *, hydra: bool) -> SentFile:
    """As the API answers it."""
    body: Any = {"@context": "/contexts/Any", "@type": "hydra:Collection", "hydra:member": values} if hydra else values
    return SentFile(name=f"{kind}.json", body=json.dumps(body, indent=1, ensure_ascii=False).encode())
