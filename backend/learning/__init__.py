"""What residents' choices and operators teach the understanding: proposed, approved, in effect in seconds."""
