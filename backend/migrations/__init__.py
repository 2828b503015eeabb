"""How the tables came to be: one file per step under ``versions``, applied by ``backend.migrate``."""
