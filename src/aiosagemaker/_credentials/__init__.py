"""Credentials: the value, where it comes from, and how long it is kept."""
