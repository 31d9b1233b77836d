"""What happens in a community: its agenda, what is written there, what is reported of it."""
