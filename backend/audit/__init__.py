"""The audit log: who changed what, when and from where. Rows are written and read, never changed."""
