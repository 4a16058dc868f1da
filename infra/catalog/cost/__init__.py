"""What a resource costs: pure functions over its type and inputs, used by plan, rules and `causeway cost` alike."""
