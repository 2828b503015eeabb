"""Work on site: today's jobs, checking in, photos, the resident's sign-off, through a dead zone."""
