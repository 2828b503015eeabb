"""The member of staff who is looking. Pure: every staff query takes a viewer, and foreign rows are 404."""

from dataclasses import dataclass

from backend.people import roles
from backend.people.roles import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in member of staff, read afresh from the tables on every request."""

    user_id: int
    username: str
    role: Role
    name_zh: str
    name_en: str
    language: str
    estate_ids: frozenset[int]
    theme: str = "auto"
    must_change_password: bool = False
    #: single letters are shortcuts on the pages
    has_letters: bool = True

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en

    def may(self, action: str) -> bool:
        """True when the viewer's role may ever take this ticket action."""
        return roles.may(self.role, action)

    def may_take(self, whose: str) -> bool:
        """True when the viewer's role may take or record a step of these actors."""
        return roles.may_take(self.role, whose)

    def works_in(self, estate_id: int) -> bool:
        """True when rows of this estate exist for the viewer."""
        return estate_id in self.estate_ids

    def may_see_ticket(
        self,
        estate_id: int,
        worker_id: int | None,
        hidden_from_id: int | None,
        *,
        is_emergency: bool = False,
    ) -> bool:
        """True when a ticket with these columns exists for the viewer; otherwise answer 404."""
        return self.works_in(estate_id) and roles.may_see_ticket(
            self.role, self.user_id, worker_id, hidden_from_id, is_emergency=is_emergency
        )
