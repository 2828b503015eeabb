"""What is counted and kept: promises of the day, key figures, registers, and forms to print."""
