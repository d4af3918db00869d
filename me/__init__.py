"""A freelancer's own pages: how they stand, their invitations, applications and badges."""
