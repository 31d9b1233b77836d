"""Appointments of shops: at which times, who comes, and what a shop elsewhere told of its slots."""
