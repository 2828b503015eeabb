"""Promises as rows: policies and calendars as data, pure reckoning, the sweep that warns."""
