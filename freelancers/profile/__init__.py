"""What a person writes of their own profile, where the marketplace states nothing. Rules A-1, C."""
