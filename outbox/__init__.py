"""What our people do: the truth is changed, the activity built and queued, and later delivered."""
