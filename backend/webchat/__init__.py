"""The residents' web chat: a thin door to the one conversation."""
