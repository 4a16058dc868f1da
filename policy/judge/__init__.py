"""The bench: runs the rules over resources, in process or as the engine's analyzer."""
