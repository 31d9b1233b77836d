"""The words of a search: how they are typed, said, misspelt, and what else they are called."""
