"""Who is who: staff and their sessions, residents and their homes, invitations, the privacy notice."""
