"""What people may ask for about the rules themselves."""

from services.respond.console.wish import Body, Hash, Needed, Wish
from shared.contracts.policy import (
    PolicyApproved,
    PolicyConfirmed,
    PolicyProposed,
    PolicyPutInForce,
    PolicyRejected,
    PolicyRolledBack,
    PolicyShadowed,
)


class PackBody(Body):
    pack_hash: Hash


class PackProposeBody(PackBody):
    base_hash: Hash
    note: Needed


class PackShadowBody(PackBody):
    running: bool = True


class PackApproveBody(PackBody):
    activate: bool = False


class PackReasonBody(PackBody):
    reason: Needed


class PackBackBody(PackReasonBody):
    to_hash: Hash


POLICY_WISHES = (
    Wish("pack-propose", "pack", "Put rules up for approval", PackProposeBody, PolicyProposed),
    Wish("pack-shadow", "pack", "Let proposed rules run beside", PackShadowBody, PolicyShadowed),
    Wish("pack-approve", "pack", "Approve proposed rules", PackApproveBody, PolicyApproved),
    Wish("pack-reject", "pack", "Turn proposed rules down", PackReasonBody, PolicyRejected),
    Wish("pack-activate", "pack", "Put approved rules in force", PackBody, PolicyPutInForce),
    Wish("pack-roll-back", "pack", "Return to the rules before", PackBackBody, PolicyRolledBack),
    Wish("pack-confirm", "pack", "Confirm what changed for me", PackBody, PolicyConfirmed),
)
