"""The HTML door: pages for the people at the desk. It translates; the use cases decide."""
