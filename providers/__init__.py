"""The hands: resource providers in Python over one base."""
