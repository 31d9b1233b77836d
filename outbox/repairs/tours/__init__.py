"""Tours: a shop says in which commune it comes by."""
