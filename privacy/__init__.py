"""What is held about a person, the copy of it that they can take along, and what leaving makes of it. Rule X-3."""
