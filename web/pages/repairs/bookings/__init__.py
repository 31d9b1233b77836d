"""Appointments of shops: their agenda, and how they take them."""
