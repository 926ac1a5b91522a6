"""What stands in the addresses of the API, and in its queries."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.respond.console.api import Nothing
from services.respond.console.wish import Name, OpId
from shared.contracts.verdicts import Label


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseParams(_Strict):
    case_id: Name


class ClusterParams(_Strict):
    cluster_id: Name


class ClaimParams(_Strict):
    claim_id: Name


class PageParams(_Strict):
    page_id: Name


class AccountParams(_Strict):
    account_id: Name


class ModelParams(_Strict):
    model_id: Name


class PackParams(_Strict):
    pack: Name


class PositionParams(_Strict):
    position_id: Name


class BanParams(_Strict):
    ban_id: Name


class EntryParams(_Strict):
    entry_id: Name


class IncidentParams(_Strict):
    incident_id: Name


class PlanParams(_Strict):
    plan_id: Name


class ItemParams(_Strict):
    item_id: Name


class EffectParams(_Strict):
    effect_id: Name


class OutcomeParams(_Strict):
    op_id: OpId


class QueueQuery(_Strict):
    account_id: Name | None = None
    label: Label | None = None
    cluster_id: Name | None = None
    queue: Annotated[str, StringConstraints(min_length=1, max_length=80)] | None = None
    owner_id: Name | None = None
    mine_or_free: bool = False
    asking: bool = False
    resolved: bool = False
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


ABOUT: Mapping[str, tuple[str, type[BaseModel]]] = MappingProxyType(
    {
        "case": ("cases/{case_id}/", CaseParams),
        "page": ("pages/{page_id}/", PageParams),
        "account": ("accounts/{account_id}/", AccountParams),
        "model": ("models/{model_id}/", ModelParams),
        "pack": ("packs/{pack}/", PackParams),
        "position": ("positions/{position_id}/", PositionParams),
        "ban": ("bans/{ban_id}/", BanParams),
        "entry": ("knowledge/{entry_id}/", EntryParams),
        "incident": ("incidents/{incident_id}/", IncidentParams),
        "plan": ("plans/{plan_id}/", PlanParams),
        "organisation": ("", Nothing),
    }
)
"""What a wish is about -> where it stands in the API, and what names it there."""
