"""Homes and the people in them: their pages, notes, invitations, import from Excel."""
