"""Ready answers in both languages, with holes, and quick sends worded in both at once."""
