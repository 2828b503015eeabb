"""Answers to common questions, in the person's language, with the estate's own facts filled in."""
