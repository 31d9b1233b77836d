"""Files of Rustine Libre: read, shown, imported and undone."""
