"""What judges look at and what they say: plain frozen values, no engine."""
