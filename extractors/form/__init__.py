"""What a form is and what was read from it; needs no vision library, so the web tier may import it."""
