"""How somebody's identity is verified. Rules H-2 to H-4."""
