"""`make bench`: measures what the design promises, on this machine, beside the promised figure."""
