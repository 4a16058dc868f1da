"""The page of measured speed and its pictures, from the files that the benchmarks write."""

from tools.docs.performance.page import files

__all__ = ["files"]
