"""The switch table: where organisations differ, one typed value each; rules of a pack refer to it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.policy.rules import Rules

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Window = tuple[ClockTime, ClockTime]
FlowMinutes = Annotated[int, Field(ge=1, le=60 * 24 * 7)]
RumourPolicy = Literal["clarify", "report_up", "hold_and_escalate"]


class Filing(Rules):
    """How soon a change of an account is told to those who supervise it."""

    working_days: int | None = Field(None, description="none: promptly, without a number")
    before_name_change: bool = False
    recipients: tuple[str, ...] = ()
    annual_review_month: Annotated[int, Field(ge=1, le=12)] | None = None


class PostsPerDay(Rules):
    """How many posts a day are expected. None: no figure."""

    least: int | None = None
    target_weekday: int | None = None
    target_weekend: int | None = None
    original: int | None = None
    reposts: int | None = None
    mass_sends: int | None = None


class Route(Rules):
    """Where an item of this label goes; the first that fits wins."""

    label: str
    topic: str = Field("", description="a topic of the pack; empty: all")
    queue: str = Field(description="role or department")
    action: str = ""
    second_person: bool = Field(False, description="the writer never approves this alone")
    return_visit: bool = Field(False, description="closing needs a return visit")
    reply_opinion_from: str = Field("", description="who proposes the words of the reply")


class ReturnVisits(Rules):
    """When somebody asks again after the answer, and how often nobody is reached until it is enough."""

    within_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 90)] = 60 * 24 * 3
    remind_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 90)] = Field(
        60 * 24, description="so long before that time whoever is on duty is reminded"
    )
    tries: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="visits that reach nobody after which the case may be closed"
    )


class Switches(Rules):
    """Everything a pack decides differently from its parent."""

    rumour_policy: RumourPolicy = "hold_and_escalate"
    rumour_to: str = Field("", description="who is told of a rumour")
    rumour_minutes: FlowMinutes = Field(
        30, description="within which a rumour is reported up, or somebody decides on its answer"
    )
    ask_minutes: FlowMinutes = Field(
        120, description="within which a colleague answers a question"
    )
    opinion_minutes: FlowMinutes = Field(
        240, description="within which a department proposes the words of a reply"
    )
    political_topics: Literal["forbid", "news_with_source_only", "duty"] = "news_with_source_only"
    routes: tuple[Route, ...] = ()
    default_queue: str = Field("值班", min_length=1, description="where what has no route goes")
    return_visits: ReturnVisits = ReturnVisits()
    approval_chain: tuple[str, ...] = Field((), description="roles after the author, in order")
    chain_binds: Literal["posts", "second_person", "replies"] = Field(
        "second_person",
        description="which replies the chain binds: none, those on a two-person matter, all",
    )
    approvals_least: Annotated[int, Field(ge=1)] = 1
    posts_per_day: PostsPerDay = PostsPerDay()
    min_gap_min: Annotated[int, Field(ge=0)] | None = None
    posting_windows: tuple[Window, ...] = ()
    image_required: Literal["hard", "soft", "no"] = "soft"
    source_required: Literal["always", "news_only"] = "always"
    plain_repost: Literal["allow", "forbid", "up_to_a_tenth"] = "allow"
    tone_register: Literal[
        "polite", "lively", "warm", "formal", "authoritative", "serious_yet_lively"
    ] = "polite"
    personal_name_policy: Literal["forbid", "with_approval", "free", "never_open"] = (
        "with_approval"
    )
    filing: Filing = Filing()
    hot_issue_reaction: Literal["proactive", "on_request", "report_up"] = "on_request"
    personal_voice: Literal["forbid", "after_review"] = "forbid"
    promotion: Literal["allow", "soft_limit", "forbid_hard_sell"] = "allow"
    peers: tuple[str, ...] = Field((), description="accounts of the same trade")
    allies: tuple[str, ...] = Field((), description="accounts of our own family")
    protected_names: tuple[str, ...] = Field((), description="names only official accounts bear")
