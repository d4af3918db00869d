"""Badges as credentials that others can check: Open Badges 3.0. Rules B-1..B-4; docs/decisions/open-badges.md."""
