"""A first text of the charter and of the terms, made of the settings: to be read again, changed and published by the
cooperative. In French, the language of the law that they stand under.
"""

from models.people.documents.versions import DocumentKind
from models.preferences import Preferences
from models.settings import Site

_CHARTER = """# Ce qui nous réunit
{name} prête, donne, répare et rend service entre personnes d’un même territoire. On y vient pour s’entraider.

# Ce à quoi chacun s’engage
1. On dit vrai : ce que l’on propose existe, dans l’état où on le décrit.
2. On répond à qui écrit, même pour dire non, et l’on prévient si l’on ne peut pas venir.
3. On rend à temps, propre et entier. On dit ce qui s’est cassé, et l’on en parle avant de réparer.
4. On respecte les personnes : ni insulte, ni haine, ni harcèlement, ni discrimination.
5. On garde pour soi ce que l’on apprend des autres : adresse, téléphone, habitudes.
6. On ne propose rien de ce que la loi interdit ou réserve : armes, médicaments, tabac, animaux, contrefaçons.
7. On ne fait ni publicité, ni commerce qui ne dit pas son nom.

# Si quelque chose ne va pas
Signalez-le depuis la page concernée : l’équipe lit, décide, dit pourquoi, et chacun peut contester. Comment cela se \
passe est écrit ici : {url}/moderation
"""

_TERMS = """# Qui propose ce service
{name} est publié par {publisher}. {contact}Les mentions légales sont ici : {url}/mentions-legales

# Ce que fait ce service
Il met en relation des personnes qui proposent, cherchent ou réparent, ici et dans les coopératives voisines. Les \
accords se font entre elles : {name} n’est partie à aucun, ne garantit ni les objets ni les services, et n’encaisse \
rien.

# Votre compte
Il n’est qu’à vous. Ce que vous publiez reste à vous ; vous nous autorisez à le montrer ici et à l’envoyer \
aux plateformes de qui vous suit ou vous répond. {listings}Vous pouvez tout emporter, et supprimer votre compte, à \
tout moment.

# Prêter et emprunter
Qui emprunte est responsable de l’objet jusqu’à son retour. Vérifiez tous deux son état au départ et au retour, et \
que votre assurance couvre ce que vous faites.

# Règles et modération
La charte en fait partie : {url}/charte. Ce qui y contrevient peut être retiré, et un compte limité, suspendu ou \
exclu ; la décision est motivée et peut être contestée : {url}/moderation

# Données personnelles
Ce que nous gardons, pourquoi et combien de temps : {url}/donnees-personnelles

# Changements
Un nouveau texte est annoncé à chaque membre avant de valoir. Le droit français s’applique.
"""


def write_first(kind: DocumentKind, chosen: Preferences, site: Site) -> str:
    """The text, with the cooperative's own name, publisher and address."""
    return (_CHARTER if kind == "charter" else _TERMS).format(
        name=chosen.name or site.host,
        url=site.url,
        publisher=chosen.legal_publisher or "(dites qui)",
        contact=f"On lui écrit à {chosen.contact_email}. " if chosen.contact_email else "",
        listings=f"Un don, une vente ou une demande s’arrête après {chosen.listing_days}\u00a0jours, si vous n’en "
        "décidez pas autrement. ",
    )
