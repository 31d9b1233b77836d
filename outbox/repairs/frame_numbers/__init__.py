"""A member asks whether a bike is stolen: here first, then at every friend cooperative."""
