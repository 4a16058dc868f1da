"""Values that several rooms' tests share."""

from typing import Any

GOOD_SETTINGS: dict[str, Any] = {
    "platform": "local",
    "owner": "you",
    "team": "platform",
    "cost_center": "none",
    "data_classes": {"text": {"rotation_days": 30}},
    "budget": {"monthly_usd": 10},
    "stores": {"artifacts": {"data_class": "text"}},
    "training": {"store": "artifacts"},
}
