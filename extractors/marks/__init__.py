"""What is ticked, stamped and signed on the form."""
