"""Links to registers of others: what is linked, missing or doubtful, as link sets, and copies of others' data."""
