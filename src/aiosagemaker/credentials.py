"""What a user may give as credentials."""

from __future__ import annotations

from ._credentials.credentials import BotocoreSession, Credentials, CredentialsProvider, CredentialsSource

__all__ = ["BotocoreSession", "Credentials", "CredentialsProvider", "CredentialsSource"]
