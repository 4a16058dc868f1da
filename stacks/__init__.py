"""The compositions: one blueprint, one stack file an environment."""
