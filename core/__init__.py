"""The ground every package stands on: database, clock, errors, audit, outbox, paging, permissions."""
