"""The front room for programs: JSON under /api/v1, and its description. It only puts together what the others offer."""
