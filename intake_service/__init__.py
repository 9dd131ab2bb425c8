"""Keeps submissions and opens two doors on them: HTML for staff, JSON for other systems."""
