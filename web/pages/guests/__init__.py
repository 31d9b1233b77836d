"""The door for people without an account, who take part by mail."""
