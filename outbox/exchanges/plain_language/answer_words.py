"""The whole answers that count as a yes or a no, and what may stand beside them: French and English, without accents.

Phrases of words as `answers.read_words` folds them, with ` | ` between them. Whatever is not here is for a person to
read: a phrase is added only where it can mean nothing else about terms that were proposed, with its row in the table of
the tests.
"""

YES = """
oui | ouais | ouaip | oui oui | oui oui oui | mais oui | ah oui | ben oui | bah oui | eh bien oui
ok | okay | oki | ok ok | daccord | d accord | dac | entendu | bien entendu | volontiers | tres volontiers
bien volontiers | c est oui | c est un oui | c est un grand oui | oui je peux | d acc | dacc | biensur | sa marche
sa me va
avec plaisir | avec grand plaisir | avec joie | ce sera avec plaisir | bien sur | bien sur que oui
absolument | tout a fait | tout a fait d accord | evidemment | carrement | banco
parfait | parfait pour moi | parfait pour nous | c est parfait | c est parfait pour moi | impeccable | impec | nickel
tres bien | tres bien pour moi | marche conclu | affaire conclue
ca marche | ca marche pour moi | ca marche pour nous | ca roule | ca me va | ca me va bien | ca me va tres bien
ca me va parfaitement | ca nous va | ca nous va bien | ca nous va tres bien | cela me va | cela me va bien
cela nous va | ca me convient | ca me convient bien | ca me convient tres bien | ca me convient parfaitement
ca nous convient | ca nous convient bien | ca nous convient parfaitement | cela me convient | cela me convient bien
cela me convient tres bien | cela me convient parfaitement | cela nous convient | cela nous convient parfaitement
oui c est bon | ok c est bon | d accord c est bon | c est bon pour moi | c est bon pour nous | bon pour moi | c est ok
c est ok pour moi | c est ok pour nous
ok pour moi | ok pour nous | d accord pour moi | oui pour moi | oui pour nous
c est d accord | c est d accord pour moi | c est entendu | c est valide | valide | je valide | on fait comme ca
ok pour ces dates | oui pour ces dates | d accord pour ces dates | ok pour ces conditions | d accord pour ces conditions
je confirme | je vous confirme | je te confirme | confirme | c est confirme | j accepte | j accepte avec plaisir
je suis d accord | je suis tout a fait d accord | nous sommes d accord | je suis ok | je suis partant
je suis partante
je suis preneur | je suis preneuse | preneur | preneuse | je prends | je le prends | je la prends | je les prends
j accepte votre proposition | j accepte ta proposition | j accepte la proposition
je veux bien | oui je veux bien | je veux bien merci
pas de souci | pas de soucis | pas de pb | pas de probleme | pas de problemes | aucun souci | aucun probleme
pas de souci pour moi | pas de soucis pour moi | pas de probleme pour moi | aucun souci pour moi
aucun probleme pour moi | sans probleme | sans souci | y a pas de souci | y a pas de probleme
il n y a pas de souci | il n y a pas de probleme | il n y a aucun souci | il n y a aucun probleme
yes | yes yes | yep | yup | yeah | yea | aye | sure | sure thing | for sure | of course | certainly | absolutely
definitely | agreed | i agree | i accept | i confirm | confirmed | perfect | that s perfect | perfect for me
no problem | no problem at all | not a problem | no problem for me | sounds good | sounds great | sounds perfect
sounds good to me | works for me | that works | that works for me | that suits me | it suits me | suits me
yes that s fine | that s fine with me | that s fine by me | that s fine for me | fine by me | fine with me
that s ok with me | it s ok for me | ok for me | ok with me | okay with me
with pleasure | gladly | i d love to | alright | all right | deal | it s a deal | i m in | count me in
👍 | 👌 | ✅ | ✔ | ☑ | 🆗
"""

NO = """
non | non non | non non non | c est non | nan | non merci | merci non | finalement non | malheureusement non
helas non
ah non | non pas possible | pas possible | ce n est pas possible | c est pas possible
ca n est pas possible | ce ne sera pas possible | ca ne sera pas possible | impossible | c est impossible
je ne peux pas | je peux pas | jpeux pas | je ne pourrai pas | je pourrai pas | nous ne pouvons pas | on ne peut pas
je ne suis pas disponible | je ne suis pas libre | je suis pas disponible | je suis pas dispo
ca ne me convient pas | cela ne me convient pas | ca me convient pas | ca ne nous convient pas | ca ne me va pas
cela ne me va pas | ca me va pas | ca ne nous va pas | je refuse | je decline | sans facon | sans moi
pas interesse | pas interessee | je ne suis pas interesse | je ne suis pas interessee
plus besoin | je n en ai plus besoin | je n en ai pas besoin
no | no no | nope | nah | no thanks | no thank you | unfortunately no | unfortunately not | i m afraid not
i can t | i cannot | i can not | sorry i can t | not possible | it s not possible | that s not possible
i decline | i have to decline | i refuse | not interested | i m not interested | no longer needed
i don t need it anymore | i don t need it any more
👎 | ❌ | ✖ | 🚫 | 🙅
"""

COMING = """
je viens | oui je viens | je viendrai | oui je viendrai | je serai la | oui je serai la | j y serai | oui j y serai
je participe | oui je participe | je m inscris | oui je m inscris | inscrivez moi | compte moi dedans | comptez moi
comptez sur moi | comptez moi dedans | je suis partant | je suis partante
i come | i m coming | yes i m coming | i ll come | yes i ll come | i ll be there | yes i ll be there | i m in
count me in | sign me up
"""

NOT_COMING = """
je ne viens pas | je viens pas | je ne viens plus | je viens plus | je ne viendrai pas | je viendrai pas
je ne viendrai plus | je ne peux pas venir | je ne peux plus venir | je peux pas venir | je peux plus venir
je ne serai pas la | je serai pas la | je me desinscris | desinscrivez moi | je ne participe pas | je ne participe plus
i m not coming | i am not coming | i won t come | i won t be there | i can t come | i cannot come | i can t make it
"""

DONE = """
c est fait | fait | c est bien fait | tout est fait | c est termine | termine | c est fini | c est regle | regle
c est repare | repare | reparee | bien repare | c est bien repare | c est tout repare | tout est repare
le velo est repare | velo repare | il roule a nouveau | le velo roule a nouveau
c est fait et ca roule | c est repare et ca roule | ca y est c est fait | ca y est c est repare | ca y est il roule
done | it is done | it s done | all done | it s all done | finished | it is finished | it s finished
fixed | it is fixed | it s fixed | all fixed | repaired | it is repaired | it s repaired
the bike is fixed | the bike is repaired | the bike rolls again
"""
"""What says that what was agreed on was done, and nothing else."""

WITH_YES = """
c est note | je note | c est possible | c est tout a fait possible
it is | it does | it s possible | j y serai | je serai la | j ai hate | vraiment | exactement
super | genial | top | cool | chouette | excellent | great | wonderful | lovely | awesome | sans hesiter
🎉 | 🥳 | 👏 | 💪 | 🤝 | 🙌 | 🤩 | 😎 | ✌ | 🫶
"""

WITH_NO = """
desole | desolee | dsl | vraiment desole | vraiment desolee | je suis desole | je suis desolee | pardon
malheureusement
helas | dommage | c est dommage | une autre fois | peut etre une autre fois | une prochaine fois
peut etre une prochaine fois | j ai trouve ailleurs | j ai deja trouve | laissez tomber | laisse tomber | j annule
annulez | finalement | sorry | so sorry | i m sorry | very sorry | unfortunately | another time | maybe another time
😢 | 😔 | 😕 | 🙁 | ☹ | 😞 | 😥 | :(
"""

COURTESY = """
merci | merci merci | merci beaucoup | merci bcp | je vous remercie | je te remercie | merci bien | merci encore
merci infiniment | merci d avance | mille mercis
grand merci | un grand merci | merci a vous | merci a toi | merci beaucoup a vous | merci pour tout
merci pour votre reponse | merci pour ta reponse | merci de votre reponse | c est gentil | c est tres gentil
c est gentil a vous | c est tres gentil a vous | c est gentil a toi | c est tres gentil a toi | tres gentil
c est vraiment gentil | s il vous plait | s il te plait | svp | stp | bonjour | bonsoir | salut | coucou | hello | hi
madame | monsieur | chere madame | cher monsieur | bonne journee | bonne soiree | belle journee
belle soiree | bonne fin de journee | bonne apres midi | bon apres midi | bon week end | bonne semaine | a bientot
a tres bientot | au revoir | cordialement | bien cordialement | bien a vous | bien a toi | amicalement
bien amicalement | amities | bises | bisous | de mon cote | pour ma part | desole pour le retard
desolee pour le retard | desole pour le delai | desolee pour le delai | pardon pour le retard
desole de repondre si tard | desolee de repondre si tard | envoye de mon iphone | envoye de mon telephone
envoye depuis mon telephone | envoye de mon mobile
thanks | thank you | thanks a lot | many thanks | thank you so much | thank you very much | thanks so much
thanks again | thanks in advance | please | good morning | good evening | good afternoon | have a nice day
have a good day | see you soon | cheers | kind regards | best regards | regards | best wishes | best
sorry for the delay | sorry for the late reply | that s kind | that s very kind | very kind of you
that s very kind of you | sent from my iphone | sent from my phone
🙂 | 😊 | ☺ | 😀 | 😃 | 😄 | 😁 | 😉 | 🙏 | ❤ | 🧡 | 💛 | 💚 | 💙 | 💜 | 🌻 | 🌞 | ☀ | 🌸 | 🌷 | 🌼 | 💐 | 👋 | 🤗 | 😘
🥰 | 😍 | 😇 | 🌿 | 🍀 | ✨ | :)
"""

DEAR = frozenset({"chere", "cher", "dear"})
"""What may stand before a name, and before nothing else."""

BEFORE_NAMES = DEAR | {"merci", "thanks", "you", "bonjour", "bonsoir", "salut", "coucou", "hello", "hi"}
"""After these a name is one however it is written; elsewhere it begins with a capital."""

NO_NAMES = """
lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday saturday sunday janvier
fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january february march april may june
july august september october november december demain today tomorrow tonight midi minuit soir matin noon bientot plus
tard later peut etre maybe si mais but jamais never toujours encore gratuit annule cancel combien quand comment
pourquoi when where how why
"""
"""What somebody may be called, but what changes an answer where it means what it says."""
