"""`declic demo`: two cooperatives on one machine, for a look around and for those who write clients."""
