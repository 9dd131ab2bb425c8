"""The HTML door: pages for the people at the desk. It translates; the use cases decide."""

from intake_service.web.door import create_blueprint

__all__ = ["create_blueprint"]
