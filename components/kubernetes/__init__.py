"""What runs on any Kubernetes: pods, jobs, servers and charts, the same on every cloud and on own sites."""
