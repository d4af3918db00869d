"""Profile approval: which skills are open, and what a new profile is looked at for. Rules A-1..A-5."""
