"""Publish and edit."""
