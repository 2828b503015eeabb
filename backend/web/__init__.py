"""Page furniture: templates, static files, cookies, CSRF, headers, the live stream."""
