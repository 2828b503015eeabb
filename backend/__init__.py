"""The butler API, the conversation and the dashboard; the only room with a database."""
