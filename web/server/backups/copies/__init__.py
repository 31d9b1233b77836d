"""Copies of backups on other machines: folders that lie there, SSH, and stores that speak S3."""
