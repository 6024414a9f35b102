"""Illness of the child 患病: serious illness as the county recognises it, and infection with HIV."""

from kinderguard.model.codes import HealthStatus
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.terms import unless_healthy
from kinderguard.rules import Category, child

_NOT_ILL = (HealthStatus.HEALTHY, HealthStatus.DISABLED)

SERIOUSLY_ILL = Category(
    code="cn.seriously_ill",
    title=Text("重病儿童", "Seriously ill child"),
    when=unless_healthy(child.illness.serious, *_NOT_ILL),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.EARLIER_MINISTRY_LIST),
    note=Text(
        "没有全国病种目录，以县认定为准。重病一栏空白而身体状况为“健康”或“残疾”的，视为未患病。",
        "There is no national list of illnesses: the county's recognition counts. Where it is blank, a physical "
        "condition of 'healthy' or 'disabled' says that the child is not ill.",
    ),
)

HIV_AFFECTED = Category(
    code="cn.hiv_affected",
    title=Text("感染艾滋病病毒儿童", "Child infected with HIV"),
    when=unless_healthy(child.illness.hiv, *_NOT_ILL),
    cites=(s.EARLIER_MINISTRY_LIST, s.HIV_NOTICE),
    note=Text(
        "最敏感信息，只在必要时了解。空白而身体状况为“健康”或“残疾”的，不再追问。",
        "Most sensitive: ask only where it is needed. Where it is blank and the physical condition is 'healthy' or "
        "'disabled', nobody is asked.",
    ),
)

CATEGORIES = (SERIOUSLY_ILL, HIV_AFFECTED)
POLICIES = ()
