"""关爱: needs, plans, offers of help, coordination before anything is promised, follow-up, providers, yearly targets."""

from kinderguard.care.coordination import (
    Overlap,
    PlaceReach,
    ServiceGiven,
    UndatedService,
    Unserved,
    overlaps,
    services_of,
    unserved,
)
from kinderguard.care.fields import Place
from kinderguard.care.national_needs import NATIONAL_NEEDS
from kinderguard.care.needs import (
    Language,
    Need,
    NeedsAssessment,
    NeedStatus,
    UnknownNeedError,
    assess_needs,
    need_rules,
    needs,
)
from kinderguard.care.offers import BarringArticle, Fit, Helper, Offer, ProviderKind, Weekday, fit
from kinderguard.care.plans import (
    CLASS_SERVICES,
    PLAN_MOVES,
    SERVICE_MOVES,
    CarePlan,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Goal,
    IllegalMoveError,
    Late,
    MainClass,
    Move,
    Outcome,
    PartOfPlan,
    PlanError,
    PlannedService,
    PlanState,
    ServiceState,
    differentiated_plan,
    visit_months,
)
from kinderguard.care.providers import (
    MINIMUM_CASES,
    Delivery,
    ProviderScore,
    Ranked,
    Share,
    TooSmallMinimumError,
    deliveries_of,
    ranked,
    score,
)
from kinderguard.care.targets import Measure, Progress, Session, Station, Target, progress
from kinderguard.packs.need_rules import NeedDomain, NeedRule, Qualification, Service, Urgency

__all__ = [
    "CLASS_SERVICES", "MINIMUM_CASES", "NATIONAL_NEEDS", "PLAN_MOVES", "SERVICE_MOVES", "BarringArticle", "CarePlan",
    "Delivery", "Fit", "FollowUp", "FollowUpKind", "FollowUpState", "Goal", "Helper", "IllegalMoveError", "Language",
    "Late", "MainClass", "Measure", "Move", "Need", "NeedDomain", "NeedRule", "NeedStatus", "NeedsAssessment", "Offer",
    "Outcome", "Overlap", "PartOfPlan", "Place", "PlaceReach", "PlanError", "PlanState", "PlannedService", "Progress", "ProviderKind",
    "ProviderScore", "Qualification", "Ranked", "Service", "ServiceGiven", "ServiceState", "Session", "Share", "Station",
    "Target", "TooSmallMinimumError", "UndatedService", "UnknownNeedError", "Unserved", "Urgency", "Weekday", "assess_needs", "deliveries_of", "differentiated_plan",
    "fit", "need_rules", "needs", "overlaps", "progress", "ranked", "score", "services_of", "unserved", "visit_months",
]  # fmt: skip
