"""The only user of the tables.

``Store`` opens transactions; the modules are functions inside one: ``submissions``, ``documents``,
``corrections``, ``people``, ``audit``, ``settling``. They return frozen values, never rows.
"""

from intake_service.store.database import Store, new_id
from intake_service.store.states import DECISIONS, MOVES, Move, State

__all__ = ["DECISIONS", "MOVES", "Move", "State", "Store", "new_id"]
