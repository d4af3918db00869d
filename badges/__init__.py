"""Eligibility and its receipts, and the Expert badge that follows from it."""
