"""Freelancers: their profiles, the marketplace's feed, and holds on their accounts."""
