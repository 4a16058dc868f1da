"""The provider as the engine starts it: `python -m providers.localhost ENGINE_ADDRESS`."""

from providers.base.server import serve
from providers.base.service import Service
from providers.localhost import catalogue

if __name__ == "__main__":
    serve(Service("localhost", catalogue.VERSION, catalogue.resources()))
