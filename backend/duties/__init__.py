"""What is to be done again and again: periodic duties, the rota, and the handover of shifts."""
