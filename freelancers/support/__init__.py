"""What people write to the marketplace's staff, what they are answered, and appeals of holds."""
