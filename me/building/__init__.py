"""A freelancer builds their profile: one form for each part, and what the marketplace states shown beside. Rule A-1."""
