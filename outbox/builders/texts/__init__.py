"""Words that go out to people."""
