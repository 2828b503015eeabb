"""Pages that show several nouns at once: the queue, one ticket, a new ticket, alerts."""
