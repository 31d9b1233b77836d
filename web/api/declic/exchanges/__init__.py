"""Exchanges over our own API: threads, agreements and their verbs, and when listings are taken."""
