"""What plain methods reach on the same gold, so that our figures can be judged."""
