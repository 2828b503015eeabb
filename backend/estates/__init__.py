"""What an estate arranges for itself: hours, holidays, its own wordings, logo and colour."""
