"""Members and the actors that carry the cooperative’s name."""
