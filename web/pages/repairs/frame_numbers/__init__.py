"""Whether a bike is stolen: the question of a member, and the lines that the team reads."""
