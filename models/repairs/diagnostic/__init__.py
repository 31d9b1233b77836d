"""The diagnostic: a tree of questions that ends in advice, a call, a workshop, an evening, or a stop."""
