"""Draws filled forms as people hand them in, each with the truth beside it; see ``README.md`` here."""
