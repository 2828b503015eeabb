"""The JSON of the staff doors."""

from pydantic import BaseModel, Field


class LoginBody(BaseModel):
    """``POST /api/staff/login``: ``code`` is the six digits of a second factor, where the account has one."""

    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    code: str = Field(default="", max_length=20)


class TokenAnswer(BaseModel):
    """The Bearer token of a fresh staff session; it ends after 12 hours at the latest."""

    token: str
