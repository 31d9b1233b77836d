"""Sub-categories that a cooperative has of its own."""

from models.own_categories import Subcategory

SUBCATEGORIES = (
    Subcategory(slug="camping.tentes-de-toit", label="Tentes de toit", words="tente de voiture"),
    Subcategory(slug="camping.matelas", label="Matelas", closed=True),
)
