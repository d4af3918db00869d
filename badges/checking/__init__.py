"""What a badge that somebody brings is worth, whoever issued it: read, checked step by step, and said in words."""
