"""The tenants: training and serving. They import nothing of the rest, so that an image can ship them alone."""
