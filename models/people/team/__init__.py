"""Who of the cooperative looks after what, and when."""
