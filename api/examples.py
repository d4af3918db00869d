"""What stands in the description as an example; the answers are real ones, of the demo, shortened."""

from __future__ import annotations

from typing import Any

BASE: Any = None
BADGE: Any = None
IMPORT: Any = None
CHECKED: Any = None
ROWS = (
    '{"marketplace_id": "m-1001", "name": "Ada Byron", "jss_pct": 92, "visibility": "public"}\n'
    '{"marketplace_id": "m-1002", "name": "Bo Chen", "jss_pct": 120}\n'
)
RULES: dict[str, Any] = {
    "rules": [
        {"fact": "jobs_count", "operator": "at_least", "value": 10},
        {
            "any": [
                {"fact": "skills", "operator": "has_any", "value": ["SQL", "Python"]},
                {"fact": "certificate", "operator": "held", "value": "Northwind Data Associate"},
            ]
        },
    ]
}
SCHEDULE: dict[str, Any] = {**RULES, "effective_on": "2027-01-15"}
BASE_CHANGE: dict[str, Any] = {"policy": {"min_jss_pct": 85}}
