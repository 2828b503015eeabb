"""Which estate is meant by what is no ticket's and no home's: chance never picks one of several."""

from sqlalchemy.orm import Session

from backend.errors import BadInput, NotFound
from backend.models import Estate
from backend.people import queries
from backend.people.viewer import Viewer
from locales import N_


def estate_id_of(session: Session, viewer: Viewer, code: str | None) -> int:
    """Return the viewer's estate of this code; without one, their only estate.

    Raises BadInput where the code is none of theirs, or none was said and they work in several; NotFound for
    whoever works in none.
    """
    codes = {one.code: one.id for one in queries.list_estates(session, viewer)}
    if not codes:
        raise NotFound
    if code:
        if code not in codes:
            raise BadInput(N_("You do not work in an estate with the code {code}."), code=code)
        return codes[code]
    if len(codes) > 1:
        raise BadInput(N_("You work in several estates. Please say which: {codes}."), codes=", ".join(codes))
    return next(iter(codes.values()))


def shown_estate(session: Session, viewer: Viewer, code: str) -> Estate:
    """Return the estate that a page is about: the viewer's of this code, their first without one.

    Raises NotFound.
    """
    found = queries.list_estates(session, viewer)
    estate = next((one for one in found if one.code == code), None) if code else next(iter(found), None)
    if estate is None:
        raise NotFound
    return estate


def meant_estate(session: Session, viewer: Viewer, code: str) -> Estate:
    """Return the estate in which something is done: the viewer's of this code, their only one without.

    Raises NotFound for a code that is none of theirs; BadInput where none was said and they work in several.
    """
    if code:
        return shown_estate(session, viewer, code)
    return session.get_one(Estate, estate_id_of(session, viewer, None))
