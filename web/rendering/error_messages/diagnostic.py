"""What is wrong with the text of a diagnostic; the page that says it names the line before."""

REFUSALS = {
    "diagnostic_not_yaml": "ce texte ne se lit pas ici : vérifiez les retraits, les deux points et les guillemets, "
    "aussi juste au-dessus.",
    "diagnostic_empty": "le texte est vide.",
    "diagnostic_too_long": "le texte est trop long : %(most)s caractères au plus.",
    "diagnostic_too_deep": "trop de retraits les uns dans les autres : %(most)s au plus.",
    "diagnostic_two_documents": "un second texte commence ici (« --- ») : il n’en faut qu’un.",
    "diagnostic_alias": "les ancres et les renvois (« & » et « * ») ne sont pas acceptés : écrivez les mots, ou "
    "entourez-les de guillemets.",
    "diagnostic_tag": "les types (« ! ») ne sont pas acceptés : écrivez les mots, ou entourez-les de guillemets.",
    "diagnostic_said_twice": "« %(name)s » est déjà écrit plus haut.",
    "diagnostic_section_expected": "on attend ici des lignes « nom: valeur ».",
    "diagnostic_text_expected": "« %(name)s » est une phrase, pas une liste.",
    "diagnostic_list_expected": "« %(name)s » est une liste : une ligne pour chacun, avec un tiret.",
    "diagnostic_list_length": "« %(name)s » en a %(count)s : il en faut de %(fewest)s à %(most)s.",
    "diagnostic_missing": "« %(name)s » manque.",
    "diagnostic_text_too_long": "« %(name)s » est trop long : %(most)s caractères au plus.",
    "diagnostic_word_unknown": "« %(name)s » ne peut pas être « %(word)s ». Il y a : %(known)s.",
    "diagnostic_name_unknown": "« %(name)s » n’est pas un nom d’ici. Il y a : %(known)s.",
    "diagnostic_id_invalid": "« %(name)s » ne peut pas servir de nom : des lettres sans accent, des chiffres et des "
    "tirets.",
    "diagnostic_too_many_nodes": "trop de questions et de fiches : %(most)s au plus.",
    "diagnostic_start_unknown": "le départ « %(name)s » n’est pas une question.",
    "diagnostic_answer_twice": "la réponse « %(answer)s » est écrite deux fois.",
    "diagnostic_answer_unreadable": "la réponse « %(answer)s » n’a ni lettre ni chiffre.",
    "diagnostic_target_unknown": "la réponse « %(answer)s » mène à « %(target)s », qui n’existe pas.",
    "diagnostic_circle": "la réponse « %(answer)s » ramène à « %(target)s » : on tournerait en rond.",
    "diagnostic_too_far": "on arrive à la réponse « %(answer)s » après %(most)s autres : c’est trop long.",
    "diagnostic_unreached": "aucune réponse ne mène à « %(name)s ».",
    "diagnostic_unreadable": "Ce texte a des erreurs : vérifiez-le d’abord.",
    "diagnostic_published_meanwhile": "Quelqu’un de l’équipe a publié une version entre-temps. La sienne est en place, "
    "la vôtre est gardée ici : comparez-les, puis publiez.",
}
