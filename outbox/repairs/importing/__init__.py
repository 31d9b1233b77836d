"""What comes from Rustine Libre is looked at, made in one transaction, and undone."""
