"""A provider whose cloud is this machine: real key rings, buckets, jobs and services."""
