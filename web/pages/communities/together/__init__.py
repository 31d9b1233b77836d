"""Two cooperatives hold a community together: asked, answered, opened anew, moved."""
