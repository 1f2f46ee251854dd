"""Short speeches made by rule, to see what a larger archive does to a question: same genre, other matters.

A speech draws from a place, a year and a theme, and says of it what such speeches say: look at these things,
by that date, these people in charge, and the slogans that all of them share. A third of the themes are those
of ``examples/speeches``, without any of the details that are asked there. Same seed, same speeches.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20240612


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    office: str
    things: tuple[str, ...]
    risks: tuple[str, ...]


def _theme(name: str, office: str, things: str, risks: str) -> Theme:
    return Theme(name, office, tuple(things.split()), tuple(risks.split()))


THEMES = (
    _theme("粮库安全", "粮食和储备局", "筒仓 输送机 熏蒸间 晒场用电", "粮堆埋人 熏蒸中毒 输送带卷人"),
    _theme("冷库安全", "商务局", "制冷机房 氨气管道 保温夹层 装卸平台", "氨气泄漏 保温材料起火 人员冻伤"),
    _theme("港口码头安全", "港航中心", "岸桥吊具 堆场通道 系缆桩 趸船跳板", "吊具坠落 货车倒车伤人 人员落水"),
    _theme("养老机构安全", "民政局", "夜间值守 失能老人房间 厨房电器 院内扶手", "老人走失 卧床吸烟 热水烫伤"),
    _theme(
        "医院安全", "卫生健康局", "氧气汇流排 病房插座 医废暂存间 地下车库", "供氧管路老化 走廊堆床 锅炉超压"
    ),
    _theme(
        "快递物流安全",
        "邮政管理局",
        "分拣皮带 电动三轮 夹层宿舍 装车坡台",
        "夜间疲劳驾驶 违规收寄 分拣机伤手",
    ),
    _theme(
        "农村自建房安全",
        "住房和城乡建设局",
        "经营用房 加层部位 临坡房屋 老旧土房",
        "私拆承重墙 屋面漏雨 地基下沉",
    ),
    _theme("商场超市安全", "商务局", "中庭展台 自动扶梯 仓储间 外墙广告", "扶梯夹人 货架倾倒 门前踩踏"),
    _theme(
        "公交运营安全", "交通运输局", "首末站 车载灭火器 驾驶员健康 换电间", "车内自燃 抢夺方向盘 进站刮碰"
    ),
    _theme("小水电站安全", "水利局", "压力前池 尾水渠 厂房电缆 泄水警示", "泄水伤人 渠道垮塌 绝缘老化"),
    _theme("家具厂安全", "工业和信息化局", "喷漆房 木料堆场 除尘管道 开料锯", "漆雾积聚 锯片伤手 废料自燃"),
    _theme(
        "纺织企业安全", "工业和信息化局", "清花车间 配棉库 锅炉间 飞絮清理", "飞絮引燃 机台缠绕 疏散门上锁"
    ),
    _theme("食品加工安全", "市场监督管理局", "油炸线 腌制池 蒸汽管 冷却塔", "池内缺氧 油锅起火 蒸汽灼伤"),
    _theme("古建筑安全", "文化和旅游局", "木构大殿 香烛管理 配电改造 避雷设施", "香火引燃 私拉灯线 雷击损毁"),
    _theme("大型活动安全", "公安局", "看台 临时舞台 出入口 烟机灯架", "人流对冲 舞台坍塌 灯架倾覆"),
    _theme("公路养护安全", "公路中心", "边坡 涵洞 作业区锥桶 除雪车辆", "社会车辆闯入 边坡落石 夜间追尾"),
    _theme(
        "污水处理安全", "生态环境局", "格栅间 污泥脱水机 加药间 管网检查井", "硫化氢积聚 池边滑落 药剂混放"
    ),
    _theme("造纸企业安全", "工业和信息化局", "浆池 烘缸 废纸堆场 叉车通道", "烘缸超压 堆垛自燃 叉车撞人"),
    _theme(
        "物业管理安全", "住房和城乡建设局", "外墙饰面 二次供水 化粪池 健身器材", "饰面脱落 井盖缺失 设施锈蚀"
    ),
    _theme("殡葬场所安全", "民政局", "火化设备 骨灰寄存楼 停车疏导 遗物焚烧", "设备超温 车辆拥堵 楼内用火"),
    _theme("消防安全", "消防救援大队", "疏散楼梯 应急照明 消火栓 防火门", "堆放杂物 私拉乱接 设施失修"),
    _theme("校园安全", "教育局", "实验室 宿舍 运动器械 校门秩序", "学生拥挤 器械松动 宿舍用电"),
    _theme("防汛工作", "水利局", "堤防 涵闸 低洼路段 预警设备", "巡查走过场 排水不畅 预警不到户"),
    _theme(
        "燃气安全", "住房和城乡建设局", "入户检查 地下管线 报警装置 气瓶配送", "软管老化 违规改线 管线占压"
    ),
    _theme(
        "电梯安全", "市场监督管理局", "维保记录 轿厢通话 机房温度 安全标识", "带病运行 维保造假 困人救援慢"
    ),
    _theme("矿山安全", "应急管理局", "通风系统 提升设备 顶板支护 排水设施", "超层越界 顶板离层 排水能力不足"),
    _theme(
        "危险化学品安全", "应急管理局", "储罐阀门 装卸软管 特殊作业 报警系统", "超量储存 票证造假 静电积聚"
    ),
    _theme(
        "建筑施工安全",
        "住房和城乡建设局",
        "脚手架 深基坑 临时用电 起重吊装",
        "无方案施工 临边无防护 违章指挥",
    ),
    _theme("森林防火", "林业局", "进山路口 林缘地块 瞭望设备 防火隔离带", "野外用火 巡护脱岗 物资短缺"),
    _theme(
        "节日期间安全",
        "应急管理局",
        "人员密集场所 客运车辆 景点步道 值守安排",
        "思想松懈 信息迟报 带班不到位",
    ),
)

PLACES = (
    "凤鸣县双溪县柳河市青禾县望江区石桥县永宁区沙坪县梅岭市新塘区古渡县金川县南屏县北辰区"
    "云阳镇松林县海棠区长堤县白沙市平湖镇丰乐县大营区临泉县太和镇玉泉区桃源镇红岩县和顺区"
)
OCCASIONS = ("工作会议", "专题部署会", "调度会", "现场推进会", "视频会议")
OPENINGS = (
    "今天召开这次会议，主要任务是分析{theme}形势，部署{year}年下一步工作。",
    "前一阶段，各级各部门做了大量工作，{theme}形势总体平稳，但隐患仍然不少。",
    "受县委、县政府委托，我就{theme}讲几点意见。",
    "大家要清醒地看到，{theme}基础还不牢固，任何时候都不能掉以轻心。",
)
CHECKS = (
    "要把{thing}作为重点，{month}月底前全面过一遍，一处一处登记造册。",
    "{office}牵头，对{thing}开展一次拉网式排查，查出{count}处以上问题的单位要专题汇报。",
    "{thing}要定人定责，做到底数清、情况明，整改一处销号一处。",
    "对{thing}，要坚持每季度抽查一次，结果在全{kind}通报。",
    "各单位要对照清单检查{thing}，能当场改的当场改，改不了的先停用。",
)
RISKS = (
    "近期一些地方接连发生{risk}的事情，教训深刻，必须引以为戒。",
    "凡是存在{risk}问题的，一律限期整改，逾期不改的依法处理。",
    "要紧盯{risk}这个薄弱环节，举一反三，堵塞漏洞。",
    "{risk}看起来是小事，出了问题就是大事，各级负责同志要亲自过问。",
)
SLOGANS = (
    "要坚持人民至上、生命至上，牢固树立安全发展理念。",
    "要压实属地责任、部门监管责任和企业主体责任，层层传导压力。",
    "要坚持党政同责、一岗双责、齐抓共管、失职追责。",
    "要强化宣传教育，让每一名职工都知道怎么防、怎么报、怎么逃。",
    "要严肃值班纪律，遇有突发情况第一时间报告、第一时间处置。",
    "要加强应急演练，{count}名骨干队员要做到拉得出、用得上。",
    "要严格督导检查，{office}每月通报一次进展，对工作不力的约谈提醒。",
    "要完善制度机制，把好的做法固定下来、坚持下去。",
)
CLOSINGS = (
    "同志们，责任重于泰山，希望大家以时时放心不下的责任感抓好落实。",
    "请大家会后立即传达，把各项要求落实到岗、落实到人。",
    "让我们共同努力，为全{kind}经济社会发展创造安全稳定的环境。",
)
SURNAMES = "方罗卢汪莫邵尹阮祁裴"
GIVEN = ("建平", "文静", "志远", "海燕", "国良", "晓峰", "玉华", "思源")
POSTS = ("副县长", "常务副县长", "副市长", "副区长", "安委办主任")


def speeches(count: int, seed: int = SEED) -> Iterator[str]:
    """So many speeches of about 450 characters, each with title, byline and three parts."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _speech(chance)


def write_speeches(folder: Path, count: int, seed: int = SEED) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(speeches(count, seed), 1):
        (folder / f"distractor-{number:04d}.txt").write_text(text, "utf-8")


def _speech(chance: random.Random) -> str:
    theme, at = chance.choice(THEMES), 3 * chance.randrange(len(PLACES) // 3)
    place = PLACES[at : at + 3]
    year = chance.randint(2016, 2025)
    values = {"theme": theme.name, "year": year, "office": theme.office, "kind": place[-1]}

    def filled(template: str, **more: object) -> str:
        drawn = {"month": chance.randint(2, 12), "count": chance.randint(3, 90)}
        return template.format(**values, **drawn, **more)

    things = chance.sample(theme.things, 3)
    checks = [filled(each, thing=thing) for each, thing in zip(chance.sample(CHECKS, 3), things, strict=True)]
    risks = [
        filled(each, risk=risk)
        for each, risk in zip(chance.sample(RISKS, 2), chance.sample(theme.risks, 2), strict=True)
    ]
    slogans = [filled(each) for each in chance.sample(SLOGANS, 3)]
    speaker = chance.choice(SURNAMES) + chance.choice(GIVEN)
    lines = [
        f"在全{place[-1]}{theme.name}{chance.choice(OCCASIONS)}上的讲话",
        f"{place}{chance.choice(POSTS)}　{speaker}",
        f"（{year}年{chance.randint(1, 12)}月{chance.randint(1, 28)}日）",
        "",
        "同志们：",
        "".join(filled(each) for each in chance.sample(OPENINGS, 2)),
        f"一、突出重点，把{theme.name}隐患查深查细",
        "".join(checks),
        "二、动真碰硬，坚决防止发生事故",
        "".join(risks),
        "三、加强领导，确保责任落实到位",
        "".join(slogans),
        filled(chance.choice(CLOSINGS)),
    ]
    return "\n".join(lines) + "\n"
