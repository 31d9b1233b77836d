"""Where the village of the tests lies: a few communes, and the settings of its cooperative."""

from models import preferences
from models.places.places import fold_name
from models.preferences import Preferences
from models.store.database import Connection, execute

COMMUNES = (
    ("59355", "Lomme", "59160", "200093201", "Métropole Européenne de Lille", 27000, 50.6453, 2.9871),
    ("59350", "Lille", "59000", "200093201", "Métropole Européenne de Lille", 236000, 50.6311, 3.0468),
    ("59328", "Lambersart", "59130", "200093201", "Métropole Européenne de Lille", 27500, 50.6503, 3.0247),
    (
        "62427",
        "Hénin-Beaumont",
        "62110",
        "246200364",
        "Communauté d'agglomération d'Hénin-Carvin",
        26000,
        50.4217,
        2.9492,
    ),
    ("62215", "Carvin", "62220", "246200364", "Communauté d'agglomération d'Hénin-Carvin", 17800, 50.4913, 2.9582),
)


async def set_territory(conn: Connection) -> None:
    """The communes around, and what the cooperative says of itself."""
    for code, name, postcode, epci, epci_name, people, latitude, longitude in COMMUNES:
        await execute(
            conn,
            """
            INSERT INTO commune (code, name, search_name, postcodes, department, region, epci_code, epci_name,
                population, latitude, longitude, precision, kind)
            VALUES ($1, $2, $3, ARRAY[$4], '59', '32', $5, $6, $7, $8, $9, 'exact', 'commune')
            ON CONFLICT DO NOTHING
            """,
            code,
            name,
            fold_name(name),
            postcode,
            epci,
            epci_name,
            people,
            latitude,
            longitude,
        )
    await preferences.save(
        conn,
        Preferences(
            name="La Remise",
            sentence="coopérative d’habitants de Lomme",
            territory_kind="commune",
            territory_codes=("59355",),
            territory_name="Lomme",
            registration="open",
            modes=("loan", "gift", "swap", "sale", "service"),
            address="12 rue des Tisserands, 59160 Lomme",
            opening_hours="Mercredi, 14 h – 19 h\nSamedi, 10 h – 12 h 30",
            contact_email="bonjour@lomme.example",
            legal_publisher="La Remise, association loi 1901",
            legal_director="Nadia Belkacem",
            legal_host="Un Hébergeur, 1 rue du Câble, 59000 Lille",
        ),
    )
