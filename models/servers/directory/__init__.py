"""The directory of territories as this server sees it: nobody keeps it for all, each draws its own."""
