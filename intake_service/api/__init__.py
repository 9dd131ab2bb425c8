"""The JSON door for other systems, and the doors for those who watch the service."""

from intake_service.api.door import create_blueprint
from intake_service.api.health import create_health_blueprint

__all__ = ["create_blueprint", "create_health_blueprint"]
