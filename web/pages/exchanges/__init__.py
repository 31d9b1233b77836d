"""The pages of an exchange: what two people write, propose and agree."""
