"""The wire: where a call goes, its signature, its connection. Nothing here knows an operation."""
