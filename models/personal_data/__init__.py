"""What a member takes along, and what goes with her."""
