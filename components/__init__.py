"""The parts: one folder a capability, one small file a platform."""
