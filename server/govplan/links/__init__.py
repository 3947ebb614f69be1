"""Links to registers of others: what is linked, missing or doubtful, how to look it up, and how others harvest it."""
