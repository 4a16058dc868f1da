"""`causeway ci`: everything that a pull request's checks do, in one place that also runs on a desk."""

from console.ci.options import app

__all__ = ["app"]
