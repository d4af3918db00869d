"""The demo: partners, freelancers and a year of their doings, told through the same services that people use."""
