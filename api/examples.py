"""What stands in the description as an example; the answers are real ones, of the demo, shortened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ALL: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))

BASE = _ALL["BASE"]
BADGE = _ALL["BADGE"]
CAPABILITIES = _ALL["CAPABILITIES"]
IMPORT = _ALL["IMPORT"]
RULES = _ALL["RULES"]
CHECKED = _ALL["CHECKED"]
SCHEDULE = {**RULES, "effective_on": "2027-01-15"}
BASE_CHANGE = _ALL["BASE_CHANGE"]
ROWS = "".join(json.dumps(row) + "\n" for row in _ALL["ROWS"])
