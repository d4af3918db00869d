"""What clients see: partners' pages, use cases, the list of experts and the featured rotation."""
