"""All tickets: filters, words, saved views, columns, export."""
