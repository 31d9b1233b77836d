"""What people do with a release, and the figures that are told of it."""
