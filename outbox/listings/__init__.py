"""Offers, requests and repair calls."""
