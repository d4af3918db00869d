"""Badges for systems that know only Open Badges 2.0, hosted by us. Rule B-1; docs/decisions/open-badges-2.md."""
