"""Who is eligible, and why: policies as data, held against one person in Python and against everybody in SQL."""
