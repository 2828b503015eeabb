"""The office's own pages: staff, settings, the audit log, what needs attention."""
