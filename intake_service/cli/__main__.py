"""``python -m intake_service.cli``: how ``serve`` starts its children."""

from intake_service.cli import main

main(prog_name="intake")
