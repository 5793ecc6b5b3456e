"""What each key of the catalogue's files means (文件的键), in Chinese: for editors.

A key means the same in most shapes; where it does not, the shape is named.
"""

from collections.abc import Mapping

__all__ = ["KEYS", "key_words"]

KEYS: Mapping[str, str] = {
    "id": "代号：小写英文字母、数字和下划线；政策和标准的代号与文件名相同",
    "label": "名称，照文件里的写",
    "from": "第一天，写成 2026-07-01 的样子",
    "until": "最后一天（含当天）",
    "doc": "文件代号，documents.yaml 里登记过的",
    "article": "条款：10 表示第 10 条，或者照原文写，例如 二（一）",
    "clause": "依据：文件和条款，可以有几个，各有起止日",
    "flag": "来路：seed 任务材料，search 公开资料，unverified 没有核实，disputed 两种规定不一致",
    "valid": "起止日；不写表示一直有效",
    "says": "写给人看的一句话",
    "test": "算法，写法见 docs/rules-language.md，例如 person.age >= 60",
    "note": "给维护的人看的话",
    "remark": "给顾问看的一句话",
    "url": "公布这份文件的官方网址",
    "title": "全称",
    "kind": "种类",
    "unit": "单位，例如 CNY/month、CNY/person/month、ratio；金额写元",
    "value": "数值：金额写元；按档的写 {档: 数}；不知道写 null",
    "department": "谁办：departments.yaml 里的代号",
    "policies": "政策、项目或其他救助的代号",
    "items": "各项",
    "a": "一方的代号：政策、项目或 other_aid.yaml 里的",
    "b": "另一方的代号",
    "why": "原因",
    "text": "名称",
}
_OF: Mapping[str, Mapping[str, str]] = {
    "PackFile": {
        "id": "与文件夹相同，例如 cn/shanghai",
        "label": "地方的名称",
        "place": '行政区划代码，加引号，例如 "310104"；全国是空的',
    },
    "DocumentFile": {
        "id": "文件代号，各地共用，只登记一次",
        "title": "文件全称和文号",
        "from": "施行日",
        "until": "失效前的最后一天",
    },
    "StandardFile": {
        "rhythm": "yearly：满一年没有新的一行，就不再用旧数",
        "keys": "按什么分档：一到两个名称；写了以后 value 是一组档和数",
        "words": "每一档叫什么：档的代号和名称",
        "values": "数值，一行一个起始日；一行用到下一行为止",
    },
    "StandardRowFile": {
        "source": "出处",
        "doubt": "有疑问：只留记录，不参与计算",
    },
    "PolicyFile": {
        "kind": "policy 政策，project 项目",
        "label": "名称；改过名的写成列表，各有起始日",
        "subject": "household 按户看，person 逐人看",
        "persons": "living 只看在世的，all 去世的也看",
        "for_each": "event：每件困难事件各看一次",
        "form": "cash 现金，status 身份认定，in_kind 实物，service 服务，adjustment 减免或调整",
        "category": "basic 基本生活，special 专项，urgent 急难，child 儿童，disability 残疾人，"
        "support 帮扶",
        "urgent": "急难的排在最前",
        "automatic": "随另一项发放，不用申请",
        "provider": "承办单位：departments.yaml 里的代号",
        "addresses": "针对的需求：needs.yaml 里的代号",
        "service_class": "服务类救助的四类：living 生活服务，enhance 能力提升，support 社会支持，"
        "comprehensive 综合",
        "target": "给谁，照原文写",
        "beyond_facts": "对象里没有事实能说的部分",
        "gives": "给什么，照原文写；来源没有写的不写",
        "per": "上限按谁算：person 人，household 户，dwelling 住房，episode 次",
        "capacity": "一共几个名额；不知道的不写",
        "conditions": "条件：全部符合才能获得",
        "amount": "金额；改过的写成列表，各有起止日",
        "procedure": "到哪里办、带什么、多久",
        "remarks": "给顾问看的提醒",
        "replaces": "替换上级同名政策的原因；上级有同名的必须写",
    },
    "ConditionFile": {
        "id": "条件的代号，本文件里各不相同；改过的同一条件用同一代号，起止日分开",
        "occasion": "只有少数人会遇到的起因：没有人说起以前先不问",
    },
    "AmountFile": {
        "value": "金额的算法；没有查到的不写",
        "kind": "exact 正好，ceiling 最多，floor 至少",
    },
    "ProcedureFile": {
        "at": "到哪一类地方办",
        "applicant": "谁申请：family 家里；hospital、school、employer、government 由别人申请",
        "door": "具体到哪里",
        "documents": "要带的材料",
        "working_days": "多少个工作日办好；没有写明的不写",
        "extended": "最多延长到多少个工作日",
    },
    "EndFile": {"ends": "从哪天起本地不再有这一项，以及原因"},
    "_Ends": {"from": "不再有的第一天", "until": "还有的最后一天"},
    "DefinitionFile": {
        "type": "类型，与词汇表相同；可以不写",
        "unit": "单位，与词汇表相同；可以不写",
        "versions": "改过的定义：各有起始日，从早到晚",
    },
    "ExclusionFile": {
        "effect": "block 不能同时享受，difference 补差额，choose_one 只能选一项，highest 按最高的，"
        "human 由人判断",
        "yields": "哪一方让位：a 或 b 的代号；不写表示先有的在先",
    },
    "RelationFile": {
        "kind": "overlaps 用处重叠，before 先用 a，offsets a 使 b 减少，stacks 可以同时享受",
    },
    "AlertFile": {
        "level": "emergency 紧急，check 请核实",
        "subject": "household 按户，person 逐人，event 逐件事件",
        "owner": "哪个部门先办：departments.yaml 里的代号；没有出处的不写",
        "within": "要在多久以内办；没有出处的不写，紧急的不写就是马上",
    },
    "ClockFile": {"hours": "几小时", "working_days": "几个工作日", "months": "几个月"},
    "ConflictFile": {
        "topic": "哪一点说法不一",
        "old": "一种规定",
        "new": "另一种规定",
        "docs": "两份文件的代号",
    },
    "UncountedFile": {"item": "不计入收入的一项"},
    "_DepartmentFile": {"kind": "哪一类单位", "duty": "它管什么"},
    "_NeedFile": {
        "parent": "上一级需求的代号；分组不写",
        "service_class": "属于服务类救助的哪一类",
        "synonyms": "人们怎么说这种需求",
        "lead": "牵头部门的代号",
        "urgency": "normal 一般，high 紧，emergency 急",
    },
    "_OtherAidFile": {"form": "形式：cash、status、in_kind、service 或 adjustment"},
    "_ServiceClassFile": {
        "holds": "包含哪些服务",
        "targets": "面向哪些人",
        "national": "与国家三类服务的对应",
    },
    "_NationalFile": {"classes": "国家的类别"},
    "_TermFile": {"id": "对照词的代码", "title": "对照词；只准留代码的不写"},
    "_CrosswalkFile": {
        "licence": "许可",
        "attribution": "署名",
        "codes_only": "只留代码",
        "needs": "需求代号 -> 对照词",
    },
    "_GroupFile": {
        "meaning": "是什么意思",
        "who": "哪些人",
        "holding": "享受这些的",
        "lately": "最近享受过这些的",
        "refused": "申请这些没有成的",
        "months": "最近几个月",
        "helped_by": "正在享受这些单位办的或者给的：departments.yaml 里的代号",
        "sources": "还没有解决的需求由这些来源发现，或者救助由它们给",
        "tests": "符合这些条件的；unverified 的由人判断",
    },
    "_VisitPlanFile": {
        "rhythms": "周期，从最密到最疏；一户取最先符合的",
        "closer": "符合其中一条的，再密一档",
        "seen_by": "哪些来源的记录算走访",
        "declined_by": "表示不要这些的，一年内不走访",
    },
    "_RhythmFile": {
        "days": "隔几天；与 months 只写一个",
        "months": "隔几个月；与 days 只写一个",
        "circles": "给哪些圈层",
        "severity": "给有这么重的需求没有解决的，1 至 4",
        "tests": "给符合这些条件的",
        "who_flag": "这样分有没有出处：seed、search 有，unverified 没有；没有写给谁的不写",
    },
    "_ClassificationFile": {"size": "一共几类", "departments": "用它的部门"},
    "_SchemeFile": {"pack": "哪个地区包的提法"},
}


def key_words(shape: str, key: str) -> str | None:
    """What a key of a shape means; None where nobody has said."""
    return _OF.get(shape, {}).get(key) or KEYS.get(key)
