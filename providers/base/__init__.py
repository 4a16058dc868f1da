"""Write a Pulumi resource provider in typed Python: a model of inputs, a model of state, and what to do with them."""
