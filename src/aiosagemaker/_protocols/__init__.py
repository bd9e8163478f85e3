"""Protocols: a model becomes an HTTP message and back. No sockets here."""
