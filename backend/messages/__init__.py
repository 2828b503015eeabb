"""What is said: stored exactly once, in order, delivered through the outbox."""
