"""What happens is seen, and what is lost comes back."""
