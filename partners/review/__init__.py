"""How a partner's team reviews applications: the queue, the rubric, decisions in sets, and what is said on the way."""
