"""What the organisation says of itself: accounts, people, rosters, packs, models, sources, posts."""

from services.respond.core.aggregates import KEEP, Account, Person, Post
from services.respond.core.briefing import welcome
from services.respond.core.incidents import notice_post
from services.respond.core.overruled import seen
from services.respond.core.pages import retry_undeliverable
from services.respond.core.plans import published
from services.respond.core.policies import follow_files
from services.respond.core.work import Work
from shared.contracts.org import (
    AccountRegistered,
    PersonRegistered,
    PolicyActivated,
    RosterSet,
)
from shared.contracts.posts import PostSeen
from shared.contracts.system import SourceReported

POST_CHARS = 280


def register_account(work: Work, fact: AccountRegistered) -> None:
    standing = work.account(fact.account_id)
    if standing is None:
        work.put(Account(registered=fact))
    else:
        work.put(standing.model_copy(update={"registered": fact}))


def register_person(work: Work, fact: PersonRegistered) -> None:
    if work.get(f"person:{fact.person_id}", Person) is None:
        welcome(work, fact.person_id)
    work.put(Person(registered=fact))


def set_roster(work: Work, fact: RosterSet) -> None:
    work.put(work.organisation.model_copy(update={"duties": fact.duties}))
    retry_undeliverable(work)


def activate_policy(work: Work, fact: PolicyActivated) -> None:
    follow_files(work, fact)


def report_source(work: Work, fact: SourceReported) -> None:
    account = work.account(fact.account_id)
    if account is None:
        return
    said = {**account.sources, fact.source: (fact.state, fact.since, fact.detail)}
    work.put(account.model_copy(update={"sources": said}))


def see_post(work: Work, fact: PostSeen) -> None:
    """Count an own post once and keep its beginning; a reply of ours that comes back is none."""
    if fact.ours or not work.is_new("post", fact.account_id, fact.post_id):
        return
    work.count("own_posts")
    account = work.account(fact.account_id)
    if account is None:
        return
    for gone in account.own_post_ids[: 1 - KEEP]:
        work.drop(Post.key_of(fact.account_id, gone))
    fresh = {
        "own_posts": account.own_posts + 1,
        "own_post_ids": (*account.own_post_ids[1 - KEEP :], fact.post_id),
    }
    post = Post(
        account_id=fact.account_id,
        post_id=fact.post_id,
        text=fact.text[:POST_CHARS],
        published_at=fact.published_at,
    )
    work.put(account.model_copy(update=fresh), post)
    published(work, fact)
    if not seen(work, fact):
        notice_post(work, fact)
