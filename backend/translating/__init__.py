"""Machine translation of free text behind one interface; without a provider nobody pretends."""
