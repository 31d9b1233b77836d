"""What a member takes along: all that is hers, as a zip that opens offline and that other servers understand."""
