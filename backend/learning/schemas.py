"""Shapes of the door for phrases."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
ItemId = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Items = Annotated[list[ItemId], Field(min_length=1, max_length=5)]
State = Literal["proposed", "approved", "rejected"]


class PhraseBody(BaseModel):
    """A phrase of the operator's own; ``estate``: the code, where they work in several."""

    text: Words
    items: Items
    estate: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] | None = None


class ApproveBody(BaseModel):
    """What to change while approving, if anything."""

    text: Words | None = None
    items: Items | None = None


class PhraseOut(BaseModel):
    """``times``: how often residents chose so; ``message_id``: where the words came from."""

    id: int
    text: str
    language: str
    items: list[str]
    state: State
    source: Literal["operator", "button"]
    times: int
    message_id: int | None
    created_at: datetime
    decided_at: datetime | None


class PhrasesOut(BaseModel):
    items: list[PhraseOut]
    next: int | None


class VersionsOut(BaseModel):
    """Versions by kind: menu, artefact ("" where services are found by words alone), phrases."""

    published: dict[str, str]
    served: dict[str, str]
