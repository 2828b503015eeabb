"""Tells staff of alerts where they are: group robots, e-mail, SMS, Telegram; kept until sent."""
