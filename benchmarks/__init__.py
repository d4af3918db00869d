"""How quick Laurel is, measured against the same work done by hand. See README.md beside this."""
