"""Processes that outlive `pulumi up`: a folder each, a supervisor each, found again by what stands in the folder."""
