"""Partners and what they run: programmes, invitations, interest, applications and review."""
