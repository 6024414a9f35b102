"""The national pack 国家规则包: one module a scheme, its numbers in ``parameters/``, its sources in ``sources``.

A plug-in like any county's, found by its entry point ``cn``. Counties import its categories and policies to build on::

    from kinderguard.national import ECONOMIC_HARDSHIP
"""

from pathlib import Path

from kinderguard.model.text import Text
from kinderguard.national import (
    aid,
    dibao,
    disability,
    education,
    guardianship,
    health,
    main_classes,
    moving,
    orphan,
    protection,
    tekun,
    unattended,
)
from kinderguard.national.aid import (
    FAMILY_GUIDANCE,
    MEDICAL_AID,
    MEDICAL_REHABILITATION_FOR_ORPHANS,
    TEMPORARY_RELIEF,
)
from kinderguard.national.dibao import DIBAO, DIBAO_BENEFIT, DIBAO_MARGINAL, RIGID_EXPENDITURE
from kinderguard.national.disability import (
    CARE_SUBSIDY,
    DISABLED,
    LIVING_SUBSIDY,
    REHABILITATION,
    SEVERELY_DISABLED,
)
from kinderguard.national.education import BOARDER_STIPEND, EDUCATION_AID, HIGH_SCHOOL_GRANT, ORPHAN_STUDY_GRANT
from kinderguard.national.guardianship import LEFT_UNATTENDED, STATE_GUARDIANSHIP, STREET_CHILD, UNFIT_CAREGIVER
from kinderguard.national.health import HIV_AFFECTED, SERIOUSLY_ILL
from kinderguard.national.main_classes import (
    CHILD_IN_DIFFICULTY,
    ECONOMIC_HARDSHIP,
    GUARDIANSHIP_DEFICIT,
    SPECIAL_DIFFICULTY,
)
from kinderguard.national.moving import LEFT_BEHIND, MIGRANT
from kinderguard.national.orphan import ORPHAN, ORPHAN_ALLOWANCE
from kinderguard.national.protection import DUTY_TO_REPORT, HARMED
from kinderguard.national.tekun import TEKUN, TEKUN_SUPPORT
from kinderguard.national.unattended import DE_FACTO_UNATTENDED, UNATTENDED_ALLOWANCE
from kinderguard.packs.hookspecs import hookimpl
from kinderguard.packs.pack import Pack

_SCHEMES = (
    main_classes, orphan, unattended, tekun, dibao, moving, guardianship, protection, health, disability, education, aid,
)  # fmt: skip
_PARAMETERS = Path(__file__).with_name("parameters")

PACK = Pack(
    code="cn",
    title=Text("国家规则", "National rules"),
    version="2026.11.23",
    kinderguard=">=0.1,<0.2",
    categories=tuple(c for scheme in _SCHEMES for c in scheme.CATEGORIES),
    policies=tuple(p for scheme in _SCHEMES for p in scheme.POLICIES),
    parameters=tuple(sorted(_PARAMETERS.glob("*.toml"))),
)


@hookimpl
def kinderguard_pack() -> Pack:
    """Give the national pack."""
    return PACK


__all__ = [
    "BOARDER_STIPEND", "CARE_SUBSIDY", "CHILD_IN_DIFFICULTY", "DE_FACTO_UNATTENDED", "DIBAO", "DIBAO_BENEFIT",
    "DIBAO_MARGINAL", "DISABLED", "DUTY_TO_REPORT", "ECONOMIC_HARDSHIP", "EDUCATION_AID", "FAMILY_GUIDANCE",
    "GUARDIANSHIP_DEFICIT", "HARMED", "HIGH_SCHOOL_GRANT", "HIV_AFFECTED", "LEFT_BEHIND", "LEFT_UNATTENDED",
    "LIVING_SUBSIDY", "MEDICAL_AID", "MEDICAL_REHABILITATION_FOR_ORPHANS", "MIGRANT", "ORPHAN", "ORPHAN_ALLOWANCE",
    "ORPHAN_STUDY_GRANT", "PACK", "REHABILITATION", "RIGID_EXPENDITURE", "SERIOUSLY_ILL", "SEVERELY_DISABLED",
    "SPECIAL_DIFFICULTY", "STATE_GUARDIANSHIP", "STREET_CHILD", "TEKUN", "TEKUN_SUPPORT", "TEMPORARY_RELIEF",
    "UNATTENDED_ALLOWANCE", "UNFIT_CAREGIVER",
]  # fmt: skip
