"""Inviting many at once: lists of addresses, their letters and pace, reminders, bounces, stops, open campaign links."""
