"""What answers at which address: one blueprint per family of addresses. Views are thin."""
