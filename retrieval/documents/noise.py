"""What is printed around a speech: the shapes of site chrome, adverts, credits and page marks.

A stretch of text gets a score. One strong cue (a phrase that no speaker says, such as 免责声明) is
enough; weak cues (会员, 下载, 扫码) are words that speeches use too and must come together.
"""

from __future__ import annotations

import re

STRONG = 2
"""A score from which a stretch is noise wherever it stands."""

# Nobody's sentence is longer; what is (a file of digits, say) is judged by its beginning.
_LONGEST_SENTENCE = 600

_LONGEST_OFFER = 50
_LONGEST_LINKS = 120  # titles of other texts behind their label; a page in one line has its own text there

# Whole stretches of navigation bars; only ever matched in full.
_NAVIGATION = frozenset(  # one word list, easier to read and sort than a hundred quoted strings
    """
    首页 主页 登录 注册 登录注册 会员中心 个人中心 我的下载 我的收藏 搜索 站内搜索 收藏 收藏本文
    打印 打印本页 打印本文 关闭 关闭窗口 关闭本页 分享 分享到 微信 微博 新浪微博 QQ空间 朋友圈 返回
    返回顶部 返回首页 返回列表 关于我们 联系我们 联系客服 在线客服 广告合作 网站地图 友情链接
    设为首页 加入收藏 手机版 电脑版 无障碍 微信订阅号 公众号 官方微信 版权声明 免责声明 用户协议
    隐私政策 阅读原文 在看 点赞 举报 投诉 纠错 导航 正文 全文 复制 转发 留言 精选留言 写留言 上一篇
    下一篇 上一页 下一页 展开 收起 帮助中心 充值 开通会员 END 完 下载 立即下载 免费下载 相关附件
    附件下载 复制链接 扫一扫 听全文 举报/反馈 大 中 小 | > >> » / [ ] - · •
    """.split()  # noqa: SIM905
)
_STRONG = re.compile(
    r"#p#|#e#|"
    r"https?://|www\.[a-zA-Z0-9]|"
    r"[Cc]opyright|COPYRIGHT|All [Rr]ights [Rr]eserved|©|"
    # Not in mid-clause: "定下一条：…" lays down a rule.
    r"(?<![\u4e00-\u9fff])(?:上一篇|下一篇|上一条|下一条)[:：]|"
    r"免责声明|版权声明|版权所有|侵权(?:请|联系|删)|(?:如有|涉及)(?:侵权|版权)|"
    r"(?:转载|引用)请注明|(?:未经(?:授权|许可|允许)|请勿|谢绝|禁止|不得)(?:擅自)?(?:转载|外传|传播|转发)|"
    r"二次(?:传播|分发|销售)|会员(?:权益|资格)|"
    r"(?:网友|用户)(?:提供|上传|投稿|分享)|不代表本(?:网|站|平台|公众号)|仅供(?:学习|参考|个人)|"
    r"相关(?:阅读|文章|推荐|链接|新闻|范文|资料|资讯)[:：]?|猜你喜欢|你可能(?:还)?喜欢|大家(?:还|都)在看|"
    r"(?:推荐|延伸|拓展|扩展)阅读|推荐专题|热门(?:推荐|文章|专题|标签|搜索|点击)|热搜[:：]|热词[:：]|"
    r"往期(?:推荐|回顾|精彩|精选|文章)|"
    r"(?:更多|海量)(?:精彩|公文|范文|材料|讲话稿|精品|资料|干货)|"
    r"点击(?:上方|下方|上面|下面|蓝字|展开|查看|阅读|关注|下载|这里|此处|右上角|加入|左下角|标题|图片)|"
    r"(?:展开|查看|阅读|浏览|显示)(?:全文|原文|更多|余下|剩余)|剩余\s?\d{1,3}\s?%|"
    r"长按(?:识别|二维码|下方|图片|扫码)|(?:识别|扫描?)(?:下方|上方|下面|图中|左侧|"
    r"右侧)(?:的)?(?:小程序)?二维码|扫一扫(?:在手机|关注|下载|加|添加|上面|下面|二维码|手机)|"
    r"微信扫一扫|扫码(?:加|添加|领取|进群|入群|下载|关注我|购买|支付|付费)|关注(?:我们|本公众号|本号)|"
    r"设为星标|点(?:个|亮)[“\"]?在看|"
    r"(?:点赞|在看|转发)[、,，+和 ]{1,3}(?:在看|点赞|转发|分享)|"
    r"(?:会员|免费|公文|交流|学习)(?:QQ|qq|微信)?群[:：]|[Qq]{2}群|加(?:微信|[Qq]{2}|VX|vx|V信)|"
    r"客服(?:微信|[Qq]{2}|电话)|"
    r"会员(?:资料|材料|专享|限时|优惠|特权|权益)|(?:年度|终身|开通|续费|成为|升级|付费|年费)(?:会员|VIP|vip)|"
    r"(?:现在|立即|马上|点击)(?:订阅|购买|下载|开通|注册|加入会员)|限时(?:优惠|特惠|免费|折扣|抢购)|"
    r"(?:试读|付费(?:阅读|内容|查看|后)|开通后(?:可|即可))|本(?:文|文档|文章|资料|内容)(?:来自|来源|由|"
    r"转自|选自|摘自|源自|系|为付费|标题|链接|地址|共\d|已被|有删|仅)|"
    r"链接地址[:：]|文章(?:来源|链接|标签|作者)[:：]|原文(?:链接|地址|标题)[:：]|"
    r"(?:文件|文档)(?:大小|格式|类型|下载|页数)[:：]|"
    r"(?:您|你)?(?:现在|当前|目前)?的?(?:所在)?位置[:：]|首页\s*[>＞/»›|→]|\S\s?[»›]\s?\S|>>>|<<<|"
    r"[【\[［](?:广告|推广|赞助|会员|声明|版权|提示|温馨提示|特别声明|特别提示|点击|关注|下载|VIP|vip|"
    r"打印|关闭|字体|大 中 小|公告)[^】\]］\n]{0,20}[】\]］]|"
    r"下载后(?:即)?可(?:以)?(?:任意|自由|直接|自行)?(?:编辑|修改|使用)|"
    r"(?:评论|发表评论|网友评论)\s*[(（]\s*\d|发表评论|(?<!\d)\d{1,9}\s?(?:人|次)(?:点赞|在看|评论|浏览|阅读|下载|收藏)|"
    r"(?<![\u4e00-\u9fff])点(?:击?这里|此)(?:进入|参与|查看|领取|下载)|以上就是(?:本篇|今天|全部|小编)|(?:觉得有用|一键)[^，。]{0,6}三连|"
    r"(?:看完|看过|读过)(?:本文|此文)?的人还|(?:站长|小编|编辑)推荐\s?[:：|｜]|第三方转码|(?:好评率|人评价)|"
    r"版权归[^，。]{0,6}作者|收录[到于进]《|登录后[^，。]{0,6}(?:复制|查看|阅读|下载)|(?:已|仅)显示\s?\d{1,3}\s?%|"
    r"私信(?:小编|作者|博主|发送|领取|回复)|^广告[\s\u3000]|^发表[于在]\s?\d{4}|(?:作者|小编|咨询|添加)微信\s?[:：]|"
    r"ICP备|公网安备|网站标识码|技术支持[:：]|您是第\s?\d"
)
# What sellers and sites say, and speeches may speak of: strong in a short line that is no sentence.
_SELLS = re.compile(
    r"后台回复|回复(?:关键词|数字|[“\"「]).{0,12}(?:领取|获取|咨询|查看|下载)|代(?:写|拟|笔)(?![^，。]{0,4}(?:的|者))|"
    r"会员(?:已|即将)?(?:到期|过期)|续费|[享打低至]{1,2}[一二三四五六七八九\d.]{1,3}折|折(?:优惠|起)|大促|秒杀|"
    r"包邮|满减|立减|不过(?:全额)?退|(?:报名|招生|预约)中|(?:火热|热门)(?:报名|招生|课程)|体验课|试听|名师|提分|"
    r"(?:打开|下载|安装)\s?(?:APP|App|app|客户端)|(?:客户端|APP|App)(?:内)?(?:查看|阅读|打开)|阅读体验|"
    r"(?:新闻|投稿|爆料|广告|商务|招商|客服|订购|订阅)(?:合作)?(?:热线|电话|邮箱|微信|[Qq]{2})|"
    r"(?:长按|扫描?|识别)[^，。]{0,6}二维码|二维码关注|(?:关注|订阅)(?:公众号|我们|本号|账号)|"
    r"旗舰店|专卖店|厂家直销|货到付款|(?:贷款|理财|股票|开户|彩票)[^，。]{0,8}(?:秒|送|赚|免)|"
    r"(?:往下|继续|向下)(?:滑|阅读)|滑动查看|加载更多|点击(?:购买|咨询|报名|领取|加入|收听|播放|试读)|"
    r"买[一二两三四五六七八九十\d]{1,3}[送赠]|考不过|免费重[读学修]|领(?:取)?红包|(?:立即|马上|赶紧)扫码|仅限前\s?\d+名|[★☆]{3}|"
    r"(?:转|分享)(?:发)?(?:给|到)(?:朋友|好友)|最新(?:优惠|活动价)"
)
_DEMANDS = re.compile(r"要|须|严禁|不得|必须|应当|禁止|确保|加强|落实|检查|查处|整治|监管")
_COUNTERS = re.compile(
    r"(?:阅读|浏览|在看|点赞|赞|评论|转发|收藏|分享|推荐|播放)(?:量|数)?\s?[:：]?\s?\d[\d,.]*\s?[万wWkK]?\+?"
)
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}[、要是]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．]|第"
)
_DECORATION = "▼▲▽△▶►◀◆◇★☆●○■□→←↓↑↘↙👇👆✨🔥❤~～=-_*·… \u3000"
# Labelled fields: strong at the start of a stretch that is not a sentence.
_FIELD = re.compile(
    r"[(（\[【]?\s*(?:"
    r"(?:信息|稿件|文章|文|图片|资料|新闻|消息)?(?:来源|出处)|作\s*者|撰稿|责任?\s*编\s*辑|责\s*编|"
    r"编\s*辑|值班编辑|实习编辑|主\s*编|编\s*审|审\s*核|审\s*签|初\s*审|复\s*审|终\s*审|校\s*对|监\s*制|"
    r"排\s*版|美\s*编|供\s*稿|供\s*图|摄\s*影|图/?文|文/?图|通\s*讯\s*员|见习记者|记\s*者|录\s*入|"
    r"上传(?:者|人|时间)|发布(?:者|人|机构|单位|日期|时间)|更新(?:时间|日期)|时间|日期|"
    r"(?:点击|浏览|阅读|访问|下载|查看|人气|热度|评论|转发|收藏)(?:量|数|次数|率)?|字\s*[体号](?:大小)?|"
    r"标签|关键[词字]|分类|栏目|所属栏目|索引号|分享[到至]?|文章字数|字数|页\s*数|信息分类|主题分类|"
    r"(?:文库|文档|资料|稿件|商品)编号|IP属地|发布于"
    r")\s*[:：/／|]"
)
# Counters without a colon: 浏览 1384 次, 阅读(52).
_COUNTER = re.compile(
    r"^(?:点击|浏览|阅读|访问|下载|人气|评论|点赞)(?:量|数|次数)?\s*[(（]?\s*\d[\d,.]*\s*[万wW]?\+?\s*(?:次|人)?[)）]?$"
    r"|^\d{1,6}\s*条评论$|^\d{1,2}:\d{2}\s*/\s*\d{1,3}:\d{2}$"
)
# What a site rules a text off with, heads its small print with, and ends a text with. Of stars nothing: they
# mask names; "……" alone stands for words left out.
_RULED_OFF = re.compile(
    r"(?:[….。·•・]\s?){7,}|[\-—–―_=~～－＝]{3,}|"
    r"(?:下载|购买|付费|使用|阅读|版权|免责|温馨)(?:说明|须知|提示|声明|协议)\s*[:：]?|"
    r"[（(](?:全文完|正文完|本文完|完|未完待续)[）)]"
)
# The names of other texts follow on its line.
_RELATED = re.compile(
    r"[【\[]?(?:相关|推荐|延伸|拓展|扩展|热门|往期|精彩)(?:阅读|文章|链接|推荐|新闻|内容|回顾)(?:[】\]]|\s*[:：])"
)
_PAGE_MARK = re.compile(
    r"^(?:\[图片\d*\]|[—–－\-─·\s]{1,6}\d{1,4}[—–－\-─·\s]{1,6}|"
    r"第\s*\d{1,4}\s*页(?:\s*[,，/、]?\s*共\s*\d{1,4}\s*页)?|"
    r"共\s*\d{1,4}\s*页(?:\s*[,，/、]?\s*(?:当前)?第\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}|"
    r"[Pp]age\s*\d{1,4}(?:\s*of\s*\d{1,4})?|#p#.{0,20}#e#|分页标题|\d{1,3})$"
)
_CREDIT = re.compile(
    r"[(（](?:[^()（）]{0,12}(?:摄|摄影|供图|资料图|制图)|(?:本报|本台|全媒体|见习)?(?:首席)?(?:记者|"
    r"通讯员)[^()（）]{0,40}|"
    r"[\u4e00-\u9fff]{2,4}(?:[、,，\s]+[\u4e00-\u9fff]{2,4}){1,5})\s*[)）]$"
)
_CAPTION = re.compile(
    r"^(?:图为|图片[:：说来]|图[一二三四五六七八九十\d]{0,2}[:：]|▲|△)|[(（][^()（）]{0,12}(?:摄|摄影|"
    r"供图|资料图)[)）]$"
)
_PAYWALL = re.compile(
    r"试读|剩余.{0,8}(?:内容|未读|%)|(?:开通|成为|升级|购买)(?:会员|VIP|vip).{0,8}(?:阅读|查看|全文|下载)|"
    r"付费(?:阅读|查看|内容)|未完待续"
)
_LINKS_LABEL = re.compile(
    r"(?:相关|推荐|延伸|拓展|扩展|热门|往期|精彩|更多)(?:阅读|文章|链接|推荐|新闻|内容|回顾|精选)"
)
_ADVERT_LABEL = re.compile(r"【(?:广告|推广|赞助)】")
_WATERMARK = re.compile(r"^([^\W\d_]{2,8}?)\1+$")
_WEAK = re.compile(
    r"会员|下载|限时|优惠|特惠|客服|领取|礼包|订阅|包年|免费|[Qq]{2}|加群|进群|入群|老师微信|扫码|二维码"
    r"|公众号|公号|倒卖|资料|文库|范文|讲话稿|公文|写材料|"
    r"文秘|写作|模板|关注|转发|点赞|收藏|权益|付费|充值|积分|版权|网站|本站|本网|小编|"
    r"网友|登录|注册|点击|链接|\d元/?年|特权|外传|独家|干货"
)
_WEAK_ANCHOR = re.compile(
    r"会员|下载|客服|订阅|限时|礼包|[Qq]{2}群|公众号|二维码|文库|范文|本站|本网|小编|网友|外传|转卖|倒卖|写材料"
)

_ASIDE = r"(?:本文来|侵权|转载|来源于网络|更多精彩|下载|www\.|https?:|广告|试读|会员|公众号|扫码)"
_IN_PARENTHESIS = rf"(?=[^（）()\n]{{0,30}}?{_ASIDE})"
# Each branch begins with one character: so the engine passes over all places without one of these.
OPENER = re.compile(
    rf"（{_IN_PARENTHESIS}|\({_IN_PARENTHESIS}|"
    r"【|\[[\u4e00-\u9fff]|#p#|>>>|https?://|"
    r"本文(?:来自|来源|转自|选自|摘自|由)|本文档由|"
    r"相关(?:阅读|文章|推荐|链接)[:：]|猜你喜欢|推荐阅读|往期(?:推荐|回顾|精彩)|上一篇[:：]|下一篇[:：]|"
    r"免责声明|版权声明|(?<![（(])责任编辑[:：]|"
    r"点击(?:上方|下方|展开|查看|关注|下载)|长按(?:识别|二维码)|微信扫一扫|扫码(?:加|添加|领取|关注我)"
)
"""Where noise begins inside a line, so that the words before it stay."""

BLOCK = re.compile(
    r"【(?!(?:广告|推广|赞助)】)[^【】\n]{1,160}】|\[[^\[\]\n]{1,160}\]|#p#[^#\n]{0,20}#e#|"
    rf"[（(]{_IN_PARENTHESIS}[^（）()\n]{{1,160}}[)）]"
)
"""A bracketed stretch that is noise or no noise as a whole."""

# Hardly a stretch of a speech holds one. Plain words, so that the engine passes over all other places.
_CUES = (  # one word list, as above
    """
    #p# #e# http www. opyright OPYRIGHT Rights rights © 上一 下一 声明 版权 侵权 转载 外传 传播 转发 请注明
    二次 会员 网友 用户 不代表本 仅供 相关阅读 相关文章 相关推荐 相关链接 相关新闻 相关范文 相关资料
    相关资讯 喜欢 在看 推荐 阅读 热门 热搜 热词 往期 更多 海量 点击 展开 查看 浏览 显示 剩余 长按 二维码
    扫一扫 扫码 关注 星标 点赞 群: 群： QQ Qq qQ qq 微信 VX vx V信 客服 终身 VIP vip 订阅 购买 下载 开通
    注册 限时 试读 付费 本文 本资料 本内容 链接 文章来源 文章标签 文章作者 原文 文件大小 文件格式 文件类型
    文件页数 文档 位置 首页 » › >>> <<< 广告 推广 赞助 提示 打印 关闭 字体 公告 评论 收藏 ICP备 网安备 网站
    技术支持 您是第 回复 代写 代拟 代笔 到期 过期 续费 折 大促 秒杀 火热 包邮 满减 立减 不过退 不过全额退
    报名 招生中 预约中 体验课 试听 名师 提分 客户端 APP App app 商务 招商 投稿 爆料 新闻 订购 旗舰店 专卖店
    厂家直销 货到付款 贷款 理财 股票 开户 彩票 往下 向下 继续滑 滑动 加载 给朋友 到朋友 给好友 到好友 优惠
    活动价 分享 播放 赞 特惠 领取 礼包 包年 免费 加群 进群 入群 公众号 公号 倒卖 资料 文库 范文 讲话稿 公文
    点这里 点此 以上就是 三连 的人还 转码 好评 评价 收录 私信 发表 买 考不过 重读 重学 重修 红包 仅限前 ★ ☆
    写材料 文秘 写作 模板 权益 充值 积分 本站 本网 小编 登录 元年 元/年 特权 独家 干货 图 ▲ △ 摄 [大 ［大
    【大
    """.split()  # noqa: SIM905
)
_CUE = re.compile("|".join(map(re.escape, _CUES)))
"""What every stretch holds that `_STRONG`, `_SELLS`, `_COUNTERS`, `_CAPTION` or `_WEAK` match somewhere."""


def noise_score(text: str) -> int:
    """How much a stretch looks like noise: 0 not at all, ``STRONG`` and above certainly.

    Args:
        text: a line, or a stretch of a long line up to the end of a sentence or a blank.
    """
    bare = text[:_LONGEST_SENTENCE].strip(" \t\u3000\xa0|>·•*")
    if not bare:
        return 0
    if (
        _is_furniture(bare)
        or _COUNTER.match(bare)
        or _WATERMARK.match(bare)
        or _RULED_OFF.fullmatch(text.strip())
    ):
        return STRONG
    if _FIELD.match(bare) and len(bare) <= 60 and not bare.endswith(("。", "；")):
        return STRONG
    return _cue_score(bare) if _CUE.search(bare) else 0


def line_scores(stretches: list[tuple[str, bool]]) -> list[int]:
    """The scores of the stretches of one line: each on its own, but for what only those beside it explain.

    Args:
        stretches: each with whether a blank or the line's beginning stands before it.
    """
    texts = [text for text, _ in stretches]
    scores = [noise_score(text) for text in texts]
    for index, (text, spaced) in enumerate(stretches):
        # Behind a sentence it is the first word of one that goes on in the next line: 。小|水电站, 。3|月.
        if not spaced and scores[index - 1] < STRONG and text.isalnum() and _is_furniture(text):
            scores[index] = 0
    label = next((n for n, text in enumerate(texts) if _RELATED.match(text)), None)
    if label is not None and sum(map(len, texts[label:])) <= _LONGEST_LINKS:
        scores[label:] = [STRONG] * (len(scores) - label)
    return scores


def _is_furniture(text: str) -> bool:
    """Whether words are an entry of a navigation bar or a page number, and nothing else."""
    return text in _NAVIGATION or bool(_PAGE_MARK.match(text))


def is_page_mark(text: str) -> bool:
    """Whether a line is a page number and nothing else."""
    return bool(_PAGE_MARK.match(text))


def opens_advert(text: str) -> bool:
    """Whether a stretch begins with the label of an advert, whose sentences follow."""
    return bool(_ADVERT_LABEL.match(text))


def opens_links(text: str) -> bool:
    """Whether a line is the label of a list of other things to read, and nothing else: 往期推荐."""
    return bool(_LINKS_LABEL.fullmatch(text.strip("【】[]-—·:： ")))


def is_paywalled(text: str) -> bool:
    """Whether the words below a speech say that the rest has to be paid for."""
    return bool(_PAYWALL.search(text))


def credit_at_end(text: str) -> int:
    """Where the bracketed reporters' names at a paragraph's end begin; its length if there are none."""
    found = _CREDIT.search(text, max(0, len(text) - 60))
    return found.start() if found else len(text)


def _cue_score(bare: str) -> int:
    if _CAPTION.search(bare) and len(bare) <= 80:
        return STRONG
    if _STRONG.search(bare) or _sells(bare):
        return STRONG
    return _weak_score(bare)


def _sells(bare: str) -> bool:
    """Whether a short line offers something or counts its readers."""
    plain = bare.strip(_DECORATION)
    if len(plain) > _LONGEST_OFFER or plain.endswith(("。", "；", "：")):
        return False
    if len(_COUNTERS.findall(plain)) > 1:
        return True
    return bool(_SELLS.search(plain)) and not _DEMANDS.search(plain) and not _NUMBERED.match(plain)


def _weak_score(bare: str) -> int:
    cues = len(set(_WEAK.findall(bare)))
    if len(bare) <= 60 and cues >= 3 and _WEAK_ANCHOR.search(bare):
        return STRONG
    if len(bare) <= 30 and cues >= 2 and not bare.endswith("。") and _WEAK_ANCHOR.search(bare):
        return STRONG
    return 1 if cues else 0
