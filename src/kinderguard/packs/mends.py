"""What to do about each problem that the loader finds in a pack, by its code (see docs/plugins.md)."""

from kinderguard.model.text import Text

MENDS: dict[str, Text] = {
    "pack.import_failed": Text(
        "修改该行，再运行一次；修好之前可先卸载此包（pip uninstall）",
        "mend that line and run this again; until then the pack may be uninstalled (pip uninstall)",
    ),
    "pack.hook_invalid": Text(
        "按 docs/plugins.md 中的名称和参数改写钩子，并加 @hookimpl",
        "write the hook with the name and arguments that docs/plugins.md gives, and @hookimpl above it",
    ),
    "pack.not_a_pack": Text("让 kinderguard_pack 返回一个 Pack", "let kinderguard_pack return one Pack"),
    "pack.code_differs": Text(
        "让 pyproject.toml 中的入口点名称与 Pack(code=…) 一致，再重新安装（pip install -e .）",
        "make the entry point's name in pyproject.toml and Pack(code=…) the same, then install again (pip install -e .)",
    ),
    "pack.version_unfit": Text(
        "升级规则包或 kinderguard；核对无误后也可放宽 Pack(kinderguard=…) 和 pyproject.toml 中的范围",
        "upgrade the pack or kinderguard; once it was tested, widen the range in Pack(kinderguard=…) and pyproject.toml",
    ),
    "pack.version_range_invalid": Text("写作 kinderguard='>=0.1,<0.2'", "write kinderguard='>=0.1,<0.2'"),
    "pack.rules_invalid": Text(
        "按提示修改该规则或参数；修好之前此包不生效，当地儿童的结果会注明不完整",
        "mend the rule or parameter that is named; until then the pack is not used and results there say they are incomplete",
    ),
    "pack.name_invalid": Text(
        "把 pyproject.toml 中入口点的名称改为行政区划代码，再重新安装",
        "name the entry point in pyproject.toml after its division, then install again",
    ),
    "pack.name_taken": Text(
        "卸载其一（pip uninstall），或给其中一个加后缀，如 330106.education",
        "uninstall one of them (pip uninstall), or give one a suffix, such as 330106.education",
    ),
    "pack.registration_failed": Text(
        "修改该行：钩子在给出规则时出错", "mend that line: the hook raised while it gave its values"
    ),
    "pack.hook_result_invalid": Text(
        "按 docs/plugins.md 返回正确类型的值", "return values of the type in docs/plugins.md"
    ),
    "pack.provider_absent": Text(
        "在读取规则集的机器上安装此规则包的同一版本", "install the same version of the pack where the book is read"
    ),
    "pack.left_out": Text(
        "用 book.to_json(divisions=[…]) 重新写出，并包含该地区",
        "write the book again with this place among the divisions: book.to_json(divisions=[…])",
    ),
    "pack.unreadable": Text("用 book.to_json() 重新写出规则集", "write the book again with book.to_json()"),
    "pack.crashed": Text(
        "修改该处；若确认规则包无误，请报告为 kinderguard 的缺陷",
        "mend that place; if the pack is right, please report it as a defect of kinderguard",
    ),
    "pack.code_twice": Text(
        "改掉其中一个代码，或卸载其一；代码相同时后载入的包不生效",
        "change one of the codes, or uninstall one; of two packs with one code, that which is loaded later is not used",
    ),
    "pack.parameter_twice": Text(
        "只在一个包中取值，或用 until 和 from 把时间错开",
        "give the value in one pack only, or part the periods with until and from",
    ),
    "pack.rule_unlisted": Text(
        "写进 Pack(…) 的相应列表；不用的就删去",
        "add it to the list of Pack(…) that it belongs into; take out what is not used",
    ),
    "pack.column_clash": Text("改列名，或删去该写法", "give the column another header, or take the spelling out"),
    "pack.not_registered": Text(
        "在 pyproject.toml 中写 [project.entry-points.kinderguard]，再重新安装（pip install -e .）",
        "write [project.entry-points.kinderguard] in pyproject.toml, then install again (pip install -e .)",
    ),
    "pack.parameter_without_value": Text(
        "在参数文件中填写本地的值；确实只在部分乡镇执行的，可不填",
        "give the value of the place in the parameter file; where it is meant for some townships only, leave it",
    ),
    "pack.elsewhere": Text(
        "在本文件夹中重新安装：pip install -e .", "install it again in this folder: pip install -e ."
    ),
    "pack.copied": Text(
        "改用本地的名称：Pack(title=…)、pyproject.toml 中的 name 和包文件夹；同名的发行包装上后，会替换原来那个地方的包。"
        "也可用 kinderguard new-pack 另建一个，再移入规则",
        "give it the place's own title (Pack(title=…)), name (pyproject.toml) and package folder: a distribution of the same "
        "name replaces the other place's pack where it is installed. Or make a new one with kinderguard new-pack and move "
        "the rules there",
    ),
    "pack.same_division": Text(
        "这是允许的：两个包一并生效。请确认没有重复的待遇",
        "this is allowed: both are used. See that no help is given twice",
    ),
    "pack.same_target": Text(
        "两项规定一并生效：放宽相加，提高取高者，条件须同时满足。请确认这是本意",
        "both are used: widenings add up, of raises the higher counts, conditions must all hold. See that this is meant",
    ),
}
OTHERWISE = Text("按提示修改", "mend what is named")
