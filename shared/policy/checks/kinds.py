"""The kinds of input that rules look at, and the fields each is known to have.

A field that is not listed is taken along as it is and reported; one of a wrong shape counts as not
told and is reported too.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, create_model

_SHAPES: Final[Mapping[str, Any]] = {
    "word": str,
    "count": int | float,
    "flag": bool,
    "list": list[Any],
    "table": dict[str, Any],
    "any": object,
    "gen": dict[str, Any],
}
_TEXT: Final = "text:word text_gen:gen title:word title_gen:gen channel:word topic:word"
_OUTGOING: Final = (
    f"{_TEXT} account_type:word account:word author:any author_role:word actor_role:word"
    " actor_unit:word approvals:list approved:any approved_by:any source:any links:list mode:word"
    " context:word images:list video:any videos:list music:any attachments:list column:word"
    " confidentiality_check:any checklist:any facts:table master:table failed_checks:list"
)
_INBOUND: Final = (
    f"{_TEXT} label:word context:word account:word at_account:flag author:any author_type:word"
    " author_unit:word author_followers:count reposts:list on_post:word provider:word private:flag"
)
FIELDS: Final[Mapping[str, str]] = {
    "post": f"{_OUTGOING} announcement:any disclosure_id:any content_owner:any major:any"
    " sources:list needs_art:flag art:any confirmed:any public_consultation:flag similarity:count"
    " voice:word image_labels:list match_score:count image_text_match:any relevance:count"
    " sponsored:flag grammar_errors:any publisher:any host:any",
    "reply": f"{_OUTGOING} case_label:word facts_checked:any target:word peer_list:list"
    " to_label:word turns:count template:any",
    "repost": f"{_OUTGOING} source_author:word source_text:word source_label:word"
    " commercial_approval:any peer_list:list ally_list:list review:any verification:any"
    " verified:any to_label:word relevance:count source_type:word",
    "comment": _INBOUND,
    "mention": _INBOUND,
    "dm": _INBOUND,
    "wall_item": f"{_INBOUND} source:word",
    "dm_out": "recipients:count approval:any text:word",
    "profile": "account:word account_type:word account_class:word nickname:word name:word bio:word"
    " tags:list avatar:any following:any followers:count max_following:count protected:list"
    " background_labels:list background_width:count background_height:count width:count"
    " height:count licence:any avatar_similarity_to_logo:count written_approval:any"
    " vis_check:any domain:any theme:any template:any signature:any avatar_hash:any logo_hash:any",
    "account": "name:word account:word account_class:word account_type:word avatar:any owner:any"
    " parent:any opened_days:count posts:count registered:flag capital_market:flag filed:any"
    " url:any nickname:any verification:any purpose:any manager:any contact:any channel:word"
    " annual_report:any now:word register_email:word allowed_owner:word opened:word verified:any"
    " remind_after_days:count reviewer:any maintainer:any admins:list logo:any scope:any"
    " last_post:word platforms:list supervisor:any review_result:word annual_review:word review:word"
    " annual_review_result:word holder:word class:word roles:any leader:any operator:any",
    "account_change": "field:word logo_changed:flag approval:any actor_role:word new:any old:any"
    " proof:any changed:word filed:any approved:any now:word holidays:list workdays:list"
    " refiled:any notified:any report:any filed_by:word unit:word",
    "account_event": "event:word actor:word actor_role:word actor_dept:word days:count"
    " rotate_every_days:count count:count minutes:count to:any member:flag reason:any label:word"
    " evidence:any approved_by:any second_person:any approval:any",
    "account_open": "holder:word opener:word opener_type:word name:word approvals:list form:any"
    " countersign:list leader:any signed:any sealed:any central_approval:any"
    " written_approval:any handled_by:word",
    "group": "name:word owner:word report:any approval:any",
    "media": "media:word format:word size_mb:count width:count height:count use:word",
    "mass_send": "channel:word sent_today:count tested:any text:word",
    "delegation": "approved:any expires:any now:word member:flag to:any logged:flag revoked:flag",
    "publish": "actor:word actor_role:word authorised:any approvals:list",
    "publish_record": "host:any approver:any archived:any author:any opener:any publisher:any",
    "post_state": "finalised:word published:any now:word",
    "schedule": "at:word text:word topic:word days_ahead:count previous:any channel:word"
    " mode:word sent:any logged:any status:word",
    "schedule_day": "weekday:any slots:list",
    "day_log": "texts:list times:list original:count reposts:count posts:count weekday:any"
    " min_posts_per_day:count max_reposts:count",
    "metric": "account:word period:word days:count followers:count posts:count cases:count"
    " replied:count original:count mix:table days_compliant:count period_days:count"
    " reposts:count comments:count plain_reposts:count comment_reposts:count daily:list"
    " interactions:count follows:count original_share_min:count days_since_post:count",
    "clock": "last_policy_review:word review_every_days:count now:word last_meeting:word"
    " annual_report:any department:word last_submission_days:count every_days:count last_post:word"
    " max_idle_hours:count last_digest:word",
    "case": "label:word received:word replied:any now:word sla_min:count status:word outcome:any"
    " reported:any kb_entry:any accepted:any answered:any return_visit:any deleted:flag"
    " mention_only:flag assigned_to:word",
    "incident": "grade:count item:word account:word admin:any now:word",
    "crisis": "status:word minutes_since_update:count update_every_min:count first_rumour:word"
    " first_statement:any opened_min:count response_min:count statement:any text:word",
    "issue": "label:word opened_min:count response:any response_min:count",
    "window": "topic:word mentions:count negative:count baseline:count minutes:count",
    "stream": "account:word last_event_age_min:count max_lag_min:count",
    "event_live": "minutes_since_update:count max_gap_min:count",
    "info_request": "to:word age_hours:count due_hours:count status:word",
    "campaign": "owner_role:word approved_by:any text:word fulfil_by:any fulfilled:any now:word"
    " major:any plan:any draw:any draw_record:any prize:any conditions:any posts:any poll:any"
    " owner_dept:word dept:word",
    "digest": "period:word comments:count issues:count",
    "org": "leader:any accounts:any maintainers:any president:count vice_president:count"
    " secretary:count departments:any department:word info_officers:any contacts:any roles:any",
    "policy_change": "actor_role:word actor:word approvals:list",
    "policy_pack": "review_chain:any posts_per_day:any roles:any workflow:any owner:any scope:any"
    " accountability:any last_review:word now:word",
    "user": "tags:list followers:count posts:list text:word",
    "follow": "at:word reaction:any now:word comments:count",
}


def shape_of(kind: str, name: str) -> str:
    """Return what a field of a kind of input holds: word, count, flag, list, table or anything."""
    pairs = (each.split(":") for each in FIELDS[kind].split())
    return next(shape for field, shape in pairs if field == name)


def _model(kind: str, fields: str) -> type[BaseModel]:
    pairs = (each.split(":") for each in fields.split())
    members: dict[str, Any] = {name: (_SHAPES[shape] | None, None) for name, shape in pairs}
    settings = ConfigDict(extra="allow", coerce_numbers_to_str=True, frozen=True, defer_build=True)
    model: type[BaseModel] = create_model(kind, __config__=settings, **members)
    return model


KINDS: Final[Mapping[str, type[BaseModel]]] = {
    kind: _model(kind, fields) for kind, fields in FIELDS.items()
}
