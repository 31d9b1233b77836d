"""Open calls: who wants to be told of them, how far they are told, who was told and who opened them."""
