"""The page of a resident, worded."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from backend.desk.queue import Reader
from backend.desk.views import Fact, Link
from backend.households import home_view, queries, resident_fields, rules, service, wording
from backend.households.views import ResidentView
from backend.models import Home, Residency, Resident
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales import t


def tel_of(phone: str) -> str:
    """A number as a link to call it; the extension has to be dialled by hand."""
    number = phone.partition("转")[0].replace(" ", "")
    return f"tel:{number}" if number else ""


def named_with_home(session: Session, viewer: Viewer, language: str, resident: Resident) -> str:
    """``陈建国 · 3号楼2单元1501``: enough to tell two people of a name apart."""
    homes = queries.list_residencies(session, viewer, resident.id)
    places = [wording.home_name(language, home) for _stay, home in homes[:1]]
    return " · ".join([wording.name_of(language, resident), *places])


def resident_of(
    session: Session, reader: Reader, vault: Vault, resident: Resident, *,
    typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, error: str = "",
    before: int | None = None, phone: str = "",
) -> ResidentView:  # fmt: skip
    """Build the page; ``phone``: the whole number, once it was asked for."""
    language, viewer = reader.language, reader.viewer
    may_edit = rules.may_edit(viewer.role)
    stays = queries.list_residencies(session, viewer, resident.id)
    here = [(stays[0][0], resident)] if stays else []
    people = home_view.people_of(session, reader, vault, here)
    person = people[0] if people else wording.person_of(reader, vault, resident, None)
    opened, past, more = home_view.tickets_of(session, reader, {}, resident_id=resident.id, before=before)
    remark = replace(home_view.remark_field(language), error=(errors or {}).get("text", ""))
    alike = queries.list_alike(session, resident, reader.now) if may_edit else []
    return ResidentView(
        id=resident.id,
        title=person.name,
        person=replace(person, whole_phone=phone, tel=tel_of(phone)),
        homes=tuple(_home(reader, stay, home) for stay, home in stays),
        fields=resident_fields.fields_of(language, viewer.role, vault, resident, typed, errors),
        remarks=wording.remarks_of(
            reader, queries.list_remarks(session, viewer, resident_id=resident.id), may_edit=may_edit
        ),
        remark_field=remark,
        open=opened,
        past=past,
        past_href=f"/residents/{resident.id}?before={past[-1].number}#past" if more else "",
        first_href=f"/residents/{resident.id}#past" if before else "",
        alike=tuple(
            Link(
                named_with_home(session, viewer, language, one),
                f"/residents/{resident.id}/merge?other={one.id}",
            )
            for one in alike
        ),
        state=service.state_of(resident),
        error=error,
        may_edit=may_edit,
    )


def _home(reader: Reader, stay: Residency, home: Home) -> Fact:
    name = wording.home_name(reader.language, home)
    return Fact(name, wording.since_of(reader, stay), f"/homes/{home.id}")


def list_of(language: str, names: list[str]) -> str:
    return ("、" if language == "zh" else ", ").join(names) or t(language, "None")
