"""Open calls: a bike has broken down; who is told, how far it goes, and what remains."""
