"""The machines of tickets, one family a file; `backend.tickets.lifecycle` puts them together."""
