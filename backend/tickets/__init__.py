"""Tickets 工单: what may happen to them, and what then happens. The first owner is always kept."""
