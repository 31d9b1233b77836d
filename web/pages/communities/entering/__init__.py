"""Links by which people come into a community: made by who manages it, followed by whoever has one."""
