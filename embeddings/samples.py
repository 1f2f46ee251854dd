"""Texts that tell what the default model's layers take in: a question and a text that answers it, by place.

Written for this, short and long, in everyday words and in those of speeches, some with figures and one in
English. Prepared folders are built on them: a change needs a new ``manifest.FORMAT_VERSION``.
"""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = (
    "仓库里能不能住人",
    "灭火器多久换一次药",
    "下井之前要查什么？",
    "谁负责给老小区的电梯做检验",
    "大风天塔吊还能不能干活",
    "2023年汛期前要完成哪几件事",
    "孩子在学校门口过马路没人管怎么办",
    "罐车卸油",
    "动火作业审批",
    "厨房的烟道脏得滴油了，归哪个部门管，多长时间得洗一回？",
    "对隐患排查整治不力的单位怎样追责",
    "When must the safety valve be tested?",
)

PASSAGES: Final = (
    "严禁在生产车间、仓库内设置员工宿舍，已经住人的，月底前一律搬离。",
    "第三，管好消防器材。干粉灭火器出厂满五年要送修，以后每两年送修一次；压力指针落到红区的，当天更换。",
    "各矿要严格执行入井检身制度：一查矿灯和自救器，二查烟火，三查精神状态，喝了酒的一律不准下井。",
    "市市场监管局牵头，会同住建、街道，对使用十五年以上的住宅电梯逐台检验，检验结果向业主公开。",
    "遇有六级以上大风或者雷雨、大雾天气，必须停止起重吊装和高处作业，吊钩升起，切断电源。",
    "主汛期到来之前，水利部门要做好三项准备：一是病险水库空库运行，二是物资前置到村，三是预警广播逐个试响。",
    "同志们，孩子的安全比天大。公安交警要在上学放学时段派人上路，学校要组织错峰放学，家长不得占道停车。",
    "卸油前先接地、静置十五分钟，卸油期间驾驶员和卸油员都不得离开现场，加油机停止加油。",
    "动火前必须办理动火证，由安全员到现场确认可燃物已经清理、监护人已经到位，方可签字。",
    "餐饮单位的集烟罩每天清洗，油烟管道至少每季度请专业公司清洗一次，留存照片和合同，由消防救援机构抽查。",
    "对工作不落实、问题反复出现的，要约谈主要负责人；造成后果的，依法依规从严追究责任，绝不姑息。",
    "安全阀每年校验1次，压力表每半年检定1次（见附件2）。",
)
