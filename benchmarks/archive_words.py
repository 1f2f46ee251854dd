"""The words that speeches of ``archive_by_rule`` are made of: places, people, themes, clauses. All invented.

In braces stand slots: ``{thing}`` and ``{risk}`` of the theme, the ``{office}`` responsible and an
``{other}`` one, ``{site}``, ``{town}``, ``{person}`` with a post, ``{kind}`` (县, 市, 区, 镇), ``{theme}``;
``{month}``, ``{day}``, ``{year}``, ``{few}`` (2 to 9), ``{count}`` (3 to 99), ``{many}`` (100 to 999),
``{share}`` (per cent) and ``{digits}`` (of a telephone). A sentence is one clause of each of its pools,
joined by commas.
"""

from __future__ import annotations

from benchmarks.distractors import PLACES as SHORT_PLACES
from benchmarks.distractors import THEMES as SHORT_THEMES
from benchmarks.distractors import Theme


def _three(joined: str) -> tuple[str, ...]:
    return tuple(joined[at : at + 3] for at in range(0, len(joined), 3))


def _theme(line: str) -> Theme:
    name, office, things, risks = line.split("｜")
    return Theme(name, office, _words(things), _words(risks))


def _words(joined: str) -> tuple[str, ...]:
    return tuple(joined.split())


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.strip().splitlines())


PLACES = _three(SHORT_PLACES) + _three(
    "澄湖县落雁县乌桥县鹤岭县碧溪县沅口县东陵县盘石县苍河县宜泽县广渠县麦川县栖霞区定波区锦帆区安澜区"
    "云堡市朔风市晴川市柳堤市星湾市榆关市月塘区兰渚区竹溪镇芦洲镇桂坪镇银坝镇旗岭镇枫渡镇霜桥镇墨池镇"
)

# Name, responsible office, four things to look after, three risks.
THEMES = (
    *SHORT_THEMES,
    *map(
        _theme,
        _lines("""
            渔业船舶安全｜农业农村局｜救生筏 船员证书 机舱油管 定位终端｜船舶碰撞 大风出海 机舱失火
            农业机械安全｜农业农村局｜拖拉机牌证 收割机滚筒 机耕道口 修理网点｜无证驾驶 机械翻倒 违规载人
            畜禽养殖安全｜农业农村局｜沼气池 饲料搅拌机 粪污沟 保温灯｜沼气中毒 搅拌机伤人 保温灯起火
            旅游景区安全｜文化和旅游局｜观光索道 玻璃栈道 游船码头 山体护栏｜索道停运 游客滞留 栈道落物
            宾馆酒店安全｜公安局｜客房喷淋 厨房烟道 布草井 消防电梯｜烟道积油 客房吸烟 喷淋关停
            网吧娱乐场所安全｜文化和旅游局｜包厢隔断 安全出口 音响线路 监控机房｜出口锁闭 隔断易燃 超员经营
            印刷企业安全｜新闻出版局｜油墨库 烘干隧道 切纸机 废液桶｜油墨挥发 切纸机伤手 静电起火
            汽车维修安全｜交通运输局｜举升机 烤漆房 废油桶 电池拆解间｜举升机坠落 废油渗漏 电池热失控
            充电场站安全｜发展和改革委员会｜充电枪头 车棚顶板 箱式变压器 视频监控｜充电起火 枪头破损 车位占用
            光伏电站安全｜发展和改革委员会｜逆变器 组件支架 汇流箱 屋顶走道｜组件热斑 高处坠落 汇流箱起火
            供热管网安全｜住房和城乡建设局｜换热站 补偿器 热力井 循环水泵｜管道爆裂 井下烫伤 水泵停转
            自来水厂安全｜水利局｜加氯间 清水池 取水泵房 投药管线｜氯气泄漏 池顶滑跌 水源污染
            桥梁隧道安全｜交通运输局｜桥墩护栏 隧道风机 限高门架 伸缩缝｜超载过桥 隧道积烟 护栏撞断
            铁路沿线安全｜铁路护路办｜平交道口 轻飘物 防护网 涵洞积水｜翻越护网 轻飘物上线 道口抢行
            校车安全｜教育局｜座椅安全带 随车照管员 停靠站点 逃生锤｜超员载客 遗忘学生 夜路行驶
            校外培训安全｜教育局｜培训教室 楼层出口 接送通道 消防器材｜楼层超限 通道堵塞 集中放学拥挤
            托育机构安全｜卫生健康局｜午睡间 婴儿床 配餐间 门禁系统｜婴幼儿误食 门禁失灵 午睡看护缺位
            铸造企业安全｜应急管理局｜熔炼炉 浇注坑 钢水吊包 冷却水路｜炉体穿漏 吊包脱钩 浇注坑积水
            涉氨企业安全｜应急管理局｜制冰车间 氨压缩机 紧急切断阀 洗消池｜氨气外泄 阀门锈蚀 盲目施救
            烟花爆竹安全｜应急管理局｜零售网点 储存仓库 运输车辆 燃放区域｜超量存放 非法运输 违规燃放
            地质灾害防治｜自然资源局｜滑坡监测点 避险路线 切坡建房 排水沟｜山体开裂 夜间滑坡 撤离不及时
            水库安全｜水利局｜溢洪道 放空洞 坝体渗流 库区船只｜坝坡塌陷 闸门卡阻 违规蓄水
            防溺水工作｜教育局｜河边警示牌 救生竹竿 留守儿童 野塘围栏｜结伴下水 盲目施救 看护缺失
            低温雨雪冰冻防范｜应急管理局｜结冰路段 供电线路 蔬菜大棚 取暖炉具｜道路结冰 线路覆冰 取暖中毒
            道路交通安全｜公安局｜急弯路段 农村面包车 劝导站 货车源头｜超速超员 疲劳驾驶 酒后上路
            仓储园区安全｜商务局｜自动货架 卸货月台 叉车充电区 防火分区｜货架垮塌 叉车碾压 分区打通
            垃圾焚烧安全｜城市管理局｜垃圾料坑 焚烧炉膛 渗滤液池 飞灰仓｜沼气积聚 炉膛正压 池内中毒
            户外广告安全｜城市管理局｜楼顶字牌 立柱高炮 店招灯箱 霓虹线路｜大风坠落 线路漏电 钢架锈断
            实验室安全｜科学技术局｜试剂柜 气瓶间 通风橱 废液暂存点｜试剂混放 气瓶倾倒 通风失效
            家政服务安全｜商务局｜高空擦窗 燃气灶具 用工登记 上门维修｜高处坠落 用火离人 身份不明
        """),
    ),
)

OFFICES = tuple(dict.fromkeys(theme.office for theme in THEMES))

SURNAMES = "方罗卢汪莫邵尹阮祁裴柯霍滕简鲍庞"
GIVEN = _words("""
    建平 文静 志远 海燕 国良 晓峰 玉华 思源 云帆 立群
    春生 慧敏 永昌 家栋 秋实 明理 素梅 长河 子衡 若兰
""")
POSTS = ("副{kind}长", "常务副{kind}长", "{kind}长", "安委办主任", "{kind}委副书记")

SITES = tuple(
    head + tail
    for head in _words("隆盛 同兴 万和 泰安 佳美 鑫源 广济 宏达 瑞丰 天成 恒通 益民 春晖 金穗 永固 华北")
    for tail in _words("公司 分公司 项目部 服务站 管理处 合作社 经营部 加工厂 基地 中心")
)
TOWNS = _words("""
    上坪乡 下堡乡 东沟镇 西流镇 南店乡 北庄镇 小寨乡 大湾镇 高桥镇 低洼乡
    清水镇 黄土乡 白云镇 青石乡 杨柳镇 杏花乡 梨园镇 桃林乡 枣树镇 竹园乡
    新集镇 老街乡 前进镇 后山乡 三合镇 五里乡 七星镇 九曲乡 双塔镇 百草乡
""")

OCCASIONS = _words("工作会议 专题部署会 调度会 现场推进会 视频会议 整治动员会 约谈会 总结大会")

OPENINGS = _lines("""
    今天召开这次会议，主要任务是分析{theme}形势，部署{year}年下一步工作。
    这次会议是{kind}政府研究决定召开的，一直开到乡镇和重点单位。
    刚才，{office}通报了情况，{other}作了发言，{site}作了检查，我都同意。
    前一阶段，各级各部门做了大量工作，{theme}形势总体平稳，但隐患仍然不少。
    受{kind}委、{kind}政府委托，我就{theme}讲几点意见。
    大家要清醒地看到，{theme}基础还不牢固，任何时候都不能掉以轻心。
    这几天，我带着{office}的同志看了{town}和{site}，总的印象是重视程度不够平衡。
""")

PARTS = (
    _lines("""
        认清形势，把{theme}摆上重要位置
        对照问题，把{theme}的账算清
        提高站位，深刻认识{theme}的极端重要性
        总结经验，正视{theme}的差距和不足
    """),
    _lines("""
        突出重点，把{theme}隐患查深查细
        紧盯关键，把{theme}措施落到实处
        聚焦薄弱环节，打好{theme}整治攻坚战
        精准发力，全面抓好{theme}各项任务
    """),
    _lines("""
        动真碰硬，坚决防止发生事故
        强化执法，保持严管严查的高压态势
        举一反三，坚决守住不出事的底线
        从严整治，切实消除一批老大难问题
    """),
    _lines("""
        加强领导，确保责任落实到位
        压实责任，形成齐抓共管的工作合力
        健全机制，推动各项部署落地见效
        严明纪律，以过硬作风保障工作成效
    """),
)

# What is found: shares of the situation.
STATE = (
    _lines("""
        去年以来全{kind}共排查{theme}隐患{many}处
        今年前{few}个月全{kind}检查单位{many}家
        {office}最近抽查了{count}家单位
        {town}上半年组织自查{count}次
        从暗访的情况看
        {other}报来的数字显示
        {site}的教训就在眼前
        {month}月份通报的{count}个问题当中
    """),
    _lines("""
        已经整改{many}处
        涉及{thing}的有{count}处
        整改率只有{share}%
        查出{risk}问题{count}个
        同比下降{share}个百分点
        其中{town}占了{few}处
        反复出现{risk}的单位有{few}家
        {thing}不合格的占{share}%
    """),
    _lines("""
        还有{count}处没有销号
        成绩要肯定但账要算全
        说明压力没有传导到末梢
        个别单位到现在还没有动起来
        责任单位要在{month}月{day}日前说明情况
        {office}要逐个跟踪问效
        这一点必须引起高度警觉
        问题出在下面根子在上面
    """),
)

# What is to be done about a thing.
CHECK = (
    _lines("""
        {thing}要定人定责
        对{thing}要坚持每季度抽查一次
        {thing}是这次检查的重中之重
        各单位要对照清单检查{thing}
        {thing}的台账要一处一页
        凡是{thing}存在缺陷的
        关于{thing}的管理
        新装和改造的{thing}
        {thing}的操作人员
        使用年限超过{few}年的{thing}
        {thing}周边{count}米范围内
        夜间和节假日的{thing}
    """),
    _lines("""
        由{office}牵头组织
        {other}要按职责配合到位
        {site}先行试点
        {town}要落到具体人头
        每{few}天巡查一遍并签字留痕
        先由单位自查再由{office}复核
    """),
    _lines("""
        必须经专业机构检测合格
        要当场拍照上传备查
        不得以任何理由拖延推诿
        能当场改的当场改
        {other}每月抽查不少于{count}处
        参照{site}的做法执行
        由{town}和{other}联合验收
        做到底数清、情况明
    """),
    _lines("""
        {month}月{day}日前报送结果
        改不了的先停用
        检查结果在全{kind}通报
        整改一处销号一处
        合格率要达到{share}%以上
        逾期不改的依法处理
        所需经费由{kind}财政安排{many}万元
        每处配备{few}名专职人员
        资料至少保存{few}年
        抽查比例不低于{share}%
        发现一起问责一起
        记录不全的按没有检查对待
    """),
)

# What may happen.
DANGER = (
    _lines("""
        近期一些地方接连发生{risk}的事情
        {risk}看起来是小事
        要紧盯{risk}这个薄弱环节
        凡是存在{risk}问题的
        防止{risk}
        {site}去年就是因为{risk}
        一旦出现{risk}
        从事故原因看{risk}占了{share}%
        针对{risk}
    """),
    _lines("""
        教训深刻必须引以为戒
        出了问题就是大事
        要举一反三堵塞漏洞
        要在{few}分钟内停止作业撤出人员
        {office}要开展{count}天的专项整治
        一律限期{count}天整改
        造成{few}人受伤
        {other}要派员驻点盯守
        直接损失{many}万元
        关键是平时不烧香临时抱佛脚
        {town}要逐户上门讲清楚
    """),
    _lines("""
        各级负责同志要亲自过问
        对责任人按规定从严处理
        处理结果向社会公布
        {month}月底前不得恢复使用
        决不能让类似的事情再次发生
        有关单位要写出深刻检查
        举报查实的奖励{many}元
        {office}要把情况摸到底
        不放心的就先停下来
    """),
)

# Who answers for it.
DUTY = (
    _lines("""
        {office}是牵头部门
        {other}承担行业监管责任
        {town}承担属地责任
        各单位主要负责人是第一责任人
        分管负责同志每月至少研究{few}次
        带班领导每天{few}时前到岗
        {kind}安委办成立{few}个督导组
        每个督导组由{few}人组成
        基层网格员每周走访{count}户
        应急队伍保持{count}人随时在位
    """),
    _lines("""
        要把任务分解到股室和个人
        不得层层转发一转了之
        对口联系{town}和{site}
        重点督导整改率低于{share}%的单位
        每半月调度一次进展
        发现问题当面交办
        既报进度也报问题
        不打招呼直奔现场
        实行清单管理对账销号
        全年培训不少于{count}课时
    """),
    _lines("""
        {month}月中旬回头看一遍
        考核权重提高到{share}%
        连续{few}次排名靠后的约谈
        工作不力的通报批评
        结果与年终评优挂钩
        经费缺口{count}万元由财政解决
        信息迟报超过{few}小时的追责
        {office}负责汇总上报
        演练每季度不少于{few}次
    """),
)

# Facts that questions ask for: each once in a speech, with a value that is in no other sentence of its kind.
FACTS = {
    "deadline": "{thing}要在{month}月底前全面检查一遍，由{office}逐处登记造册。",
    "found": "这次检查{site}，共查出问题{count}处，其中重大隐患{few}处，已经当场交办。",
    "person": "{thing}的整改由{person}负总责，每周听取一次汇报。",
    "phone": "{theme}举报电话{digits}已经开通，全天{few}个人轮流接听，接到举报当天核查。",
}
ASKED = {
    "deadline": (
        "{year}年{place}{theme}会议要求几月底前检查{thing}",
        "{place}{year}年的{thing}最晚几月底前查完",
    ),
    "found": (
        "{year}年{place}{theme}会上说{site}查出多少处问题",
        "{place}{year}年{theme}检查{site}查出多少问题",
    ),
    "person": ("{year}年{place}{thing}的整改由谁负责", "{place}{theme}{year}年会议上{thing}谁来管"),
    "phone": ("{year}年{place}{theme}举报电话是多少", "{place}{year}年公布的{theme}举报打什么号码"),
}

# Said in speech after speech: a head and two tails, of which the second follows from the first: 30 x 16.
SLOGAN_HEADS = _lines("""
    要坚持人民至上、生命至上
    要牢固树立安全发展理念
    要坚持党政同责、一岗双责、齐抓共管、失职追责
    要压实属地责任、部门监管责任和企业主体责任
    要强化红线意识和底线思维
    要严肃值班纪律
    要加强应急演练
    要加强宣传教育
    要严格督导检查
    要完善制度机制
    要按照管行业必须管安全、管业务必须管安全、管生产经营必须管安全的要求
    要坚持预防为主、标本兼治
    要深刻吸取事故教训
    要发扬钉钉子精神
    要统筹发展和安全两件大事
    要加强源头治理
    要充分发挥群众监督作用
    要坚持问题导向
    要健全风险分级管控和隐患排查治理双重预防机制
    要强化科技支撑
    要把工作做在前面
    要加强部门之间的协同配合
    要用好典型案例
    要关心爱护一线人员
    要严格责任追究
    要坚持从最坏处着想、向最好处努力
    要强化基层基础工作
    要注重日常养成
    要加强信息报送
    要树立全{kind}一盘棋的思想
""")
SLOGAN_TAILS = _lines("""
    以时时放心不下的责任感把各项工作抓实抓细
    层层传导压力
    决不允许有丝毫麻痹松懈
    让每一名职工都知道怎么防、怎么报、怎么逃
    遇有突发情况第一时间报告、第一时间处置
    做到守土有责、守土负责、守土尽责
    切实维护人民群众生命财产安全
    推动形成人人讲安全、个个会应急的良好氛围
    把问题解决在萌芽状态
    确保各项措施落地生根
    把好的做法固定下来、坚持下去
    不断提高本质安全水平
    坚决克服形式主义、官僚主义
    以高水平安全保障高质量发展
    真正做到警钟长鸣
    把责任扛在肩上、落实在行动上
""")

CLOSINGS = _lines("""
    同志们，责任重于泰山，希望大家以时时放心不下的责任感抓好落实。
    请大家会后立即传达，把各项要求落实到岗、落实到人。
    让我们共同努力，为全{kind}经济社会发展创造安全稳定的环境。
    同志们，任务已经明确，关键在于落实，希望大家说到做到、善作善成。
""")
