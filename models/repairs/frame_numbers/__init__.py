"""Frame numbers of stolen bikes: asked for by members and by servers of friends, answered by yes or no."""
