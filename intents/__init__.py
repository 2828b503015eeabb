"""Text in, meaning out. Pure: no database, no Telegram, no clock of its own."""
