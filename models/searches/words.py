"""What: how the words of a search are looked for in listings."""

WORDS = """
    (:text::text = '' OR l.search @@ websearch_to_tsquery('fr', fold_plurals(:text)))
"""
