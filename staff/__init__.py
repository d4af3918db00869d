"""The marketplace's own console: partners, freelancers and their holds, imports, the audit log."""
