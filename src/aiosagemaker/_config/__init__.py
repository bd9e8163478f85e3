"""A client's configuration: its values, and where those come from that the user did not set."""
