"""What the images of the workloads are built with."""
