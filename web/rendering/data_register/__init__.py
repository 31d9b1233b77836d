"""The register of what is kept of people (GDPR art. 30): what, why, who sees it, for how long."""
