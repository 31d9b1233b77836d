"""The figures of the cooperative: for everybody, where it wants that, and for those who read them in files."""
