"""The protocol: ActivityPub's values, signatures and keys, and the only client that calls other servers."""
