"""Words the invented forms are made of: names, addresses, authorities, statements, opinions."""

from __future__ import annotations

import random
from typing import Any

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛"
    "伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄"
    "单包司柏宁柯阮桂闵解强柴华车冉房边阚蔺仇瞿佘宓郗濮"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "夏侯", "皇甫")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红建文志国辉鹏飞斌波鑫宇浩凯健俊帆丹婷雪琳慧颖佳欣怡梦晨阳峰岭松柏"
    "林森楠梅兰竹菊春秋冬立新德福祥瑞安康宁和谦恭良善美仁义礼智信忠诚毅卓越远航海江河湖泽清源泉溪潇湘沅澧云雷雨露霜锋钢铁铭"
    "锦绣璐瑶琪珍珠琼瑾瑜玮璋翔翰墨书画诗词歌韵音律曦旭昊晖景晓朝夕晴岚崇峻岳峥嵘"
)
RARE_GIVEN = "晟昱煜焱燚淼犇骁骞翊翀奕彧玥珺珩琰瑄璟璇祎禛筠箐芃芊苒茜荃莞菁萱蓓蔚薇藜蘅赟轶钰铖镕霁霖霏韬颉馨骅麒黎黛龑湉滢潼"
PLACE_WORDS = "三湘麓山星沙湘江岳麓洞庭潇湘南岳芙蓉沅江资江澧水雁城莲城炎陵紫鹊苏仙舜皇雪峰武陵桃花"
BRAND_A = "博宏华鼎盛中金新天晟恒育才精楚启睿卓优远领众智信德铭科匠建明正湘弘昊骏嘉聚融鸿瀚凌"
BRAND_B = "创达成远信诚通泰文雅艺航展飞源辉泽才培业能联盟邦森翔程科拓教育匠业德腾"
TRADES = (
    "机电", "烹饪", "家政", "美容美发", "汽车", "电工", "建筑", "护理", "计算机", "育婴", "焊接",
    "物流", "数控", "电子商务", "茶艺", "化工",
)  # fmt: skip
ROADS = (
    "韶山", "芙蓉", "五一", "解放", "人民", "建设", "劳动", "湘江", "迎宾", "学院", "桐梓坡",
    "车站", "金鹏", "朝阳", "文化", "星沙", "枫林", "万家丽", "火炬", "沿江", "银盆岭", "青年",
)  # fmt: skip
POSITIONS = (
    "校长", "副校长", "办公室主任", "主任", "经理", "培训部主任", "秘书长", "副秘书长",
    "鉴定站站长", "教务科长", "总经理助理", "综合部部长", "行政主管", "会长", "专干",
    "教务处副处长", "干事", "董事长", "人力资源部经理", "科员",
)  # fmt: skip
OPINIONS = (
    "同意推荐。",
    "同意申报。",
    "情况属实，同意推荐。",
    "经审核，情况属实，同意上报。",
    "同意",
    "经审查，该单位符合申报条件，同意推荐上报。",
    "材料齐全，情况属实，同意推荐至省厅评估。",
    "经现场核查，场地设备符合要求，同意申报。",
    "同意推荐，请省厅审定。",
    "属实，同意。",
    "经我局初审，该单位具备相应职业的培训评价条件，同意推荐为社会培训评价组织。",
    "拟同意，报请省厅审核。",
)
NEIGHBOURS = dict(
    zip(
        "员师工机修操作式维制检验理护调装电车美",
        "圆帅功积休澡做势唯治捡险里户凋妆申东羊",
        strict=True,
    )
)
"""What a careless hand writes for a character."""
COMPANY_LINES = ["教育科技", "人力资源", "职业技能服务", "文化传播", "教育咨询", "企业管理咨询", "科技"]
SCHOOLS = ("职业培训学校", "职业技能培训学校", "职业技术培训中心", "职业培训中心")
STREETS = ("路", "中路", "北路", "南路", "大道", "东路", "西路", "街")
HONOURS = ("省级高技能人才培训基地", "市级定点培训机构", "就业培训先进单位", "诚信办学示范单位")


def person(rng: random.Random) -> str:
    surname = rng.choice(DOUBLE_SURNAMES) if rng.random() < 0.03 else rng.choice(SURNAMES)
    pool = GIVEN if rng.random() < 0.8 else RARE_GIVEN
    return surname + rng.choice(pool) + (rng.choice(GIVEN) if rng.random() < 0.72 else "")


def _brand(rng: random.Random) -> str:
    if rng.random() < 0.3:
        at = rng.randrange(len(PLACE_WORDS) // 2) * 2
        return PLACE_WORDS[at : at + 2]
    return rng.choice(BRAND_A) + rng.choice(BRAND_B)


def organisation(rng: random.Random, kind: str, city: str, county: str, *, provincial: bool) -> str:
    """A full name as on a licence; ``kind`` is an ``org_type`` value."""
    where = (
        "湖南省"
        if provincial
        else rng.choice([city, city, city + county if len(county) < 5 else city, "湖南"])
    )
    brand, trade = _brand(rng), rng.choice(TRADES)
    if kind == "enterprise":
        return _company(rng, city, brand, trade, provincial=provincial)
    if kind == "private_non_enterprise":
        return where + brand + rng.choice(["", trade, trade]) + rng.choice(SCHOOLS)
    if kind == "industry_association":
        where = "湖南省" if provincial else rng.choice(["湖南省", city])
        return where + trade + rng.choice(["行业协会", "协会", "业商会", "职业教育促进会"])
    middle = rng.choice(["", brand]) + rng.choice([trade, "", "工业", "高级"])
    return where + middle + rng.choice(["技工学校", "技师学院", "技工学校"])


def _company(rng: random.Random, city: str, brand: str, trade: str, *, provincial: bool) -> str:
    short = city.removesuffix("市") if city.endswith("市") else "湘西"
    line = rng.choice([*COMPANY_LINES, trade + "服务"])
    forms = ["有限公司", "有限责任公司", "股份有限公司", "集团有限公司"]
    form = rng.choices(forms, (70, 17, 8, 5))[0]
    if rng.random() < 0.12:
        left, right = rng.choice([("（", "）"), ("(", ")")])
        return f"{brand}{line}{left}{short}{right}{form}"
    start = "湖南" if provincial else rng.choice(["湖南", "湖南", short, city])
    return f"{start}{brand}{line}{form}"


def address(rng: random.Random, city: str, county: str) -> str:
    """Street and number, sometimes the building."""
    n, name = rng.randint, rng.choice(BRAND_A) + rng.choice(BRAND_B)
    road = f"{rng.choice(ROADS)}{rng.choice(STREETS)}{n(1, 1288)}号"
    tails = (
        "",
        "",
        f"{rng.choice('ABCD一二三')}栋{n(1, 28)}楼",
        f"{name}大厦{n(2, 26)}0{n(1, 9)}室",
        f"{name}产业园{n(1, 12)}栋",
        "（原党校院内）",
        f"{name}花园{n(1, 9)}-{n(101, 904)}号",
    )
    return f"{rng.choice(['湖南省', '湖南省', '', '湖南'])}{city}{county}{road}{rng.choice(tails)}"


def authority(rng: random.Random, prefix: str, region: Any, *, provincial: bool) -> str:
    """Who registers what: market supervision for companies, civil affairs for clubs and schools, else 编办."""
    place = "湖南省" if provincial else rng.choice([region.city, region.county, region.county])
    if prefix == "91":
        offices = [
            "市场监督管理局",
            "市场监督管理局",
            "工商行政管理局",
            "行政审批服务局",
            "食品药品工商质量监督管理局",
        ]
    elif prefix in {"51", "52"}:
        offices = ["民政厅"] if provincial else ["民政局", "民政局", "行政审批服务局"]
    else:
        offices = ["事业单位登记管理局", "机构编制委员会办公室", "事业单位登记管理局"]
    return place + rng.choice(offices)


def misspelt(rng: random.Random, name: str) -> str:
    """A slip of the pen: one character replaced by a neighbour, or one dropped."""
    spots = [i for i, c in enumerate(name) if c in NEIGHBOURS]
    if spots and rng.random() < 0.7:
        at = rng.choice(spots)
        return name[:at] + NEIGHBOURS[name[at]] + name[at + 1 :]
    if len(name) > 3:
        at = rng.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :]
    return name


def statement(rng: random.Random, kind: str) -> str:
    """Section 三, 80 to 700 characters."""
    goal = rng.choices([rng.randint(80, 200), rng.randint(200, 400), rng.randint(400, 690)], (45, 40, 15))[0]
    sentences = _sentences(rng, kind)
    rng.shuffle(sentences)
    text = sentences[0]
    for more in sentences[1:]:
        if len(text) >= 80 and len(text) + len(more) > goal:
            break
        text += more
    return text


def _sentences(rng: random.Random, kind: str) -> list[str]:
    selves = {"enterprise": ["我公司", "本公司"], "industry_association": ["我会", "协会"]}
    us = rng.choice(selves.get(kind, ["我校", "学校", "本校"]))
    trade, other = rng.sample(TRADES, 2)
    n = rng.randint
    return [
        (
            f"{us}成立于{n(1985, 2014)}年，占地面积{n(2, 90)}00平方米，建筑面积{n(10, 80)}00平方米，"
            f"其中实训场地{n(5, 60)}00平方米。"
        ),
        (
            f"现有专职教师{n(8, 60)}人，兼职教师{n(5, 40)}人，其中高级技师{n(1, 9)}人，技师{n(2, 20)}人，"
            f"考评员{n(6, 45)}人。"
        ),
        f"设有{trade}、{other}等{n(3, 12)}个实训室，设备总值{n(30, 980)}.{n(1, 9)}万元。",
        f"配备高清视频监控{n(8, 64)}路，考场全覆盖，录像保存{rng.choice([90, 180, 365])}天以上。",
        f"{n(2008, 2018)}年参与《{trade}专业国家职业技能标准》的修订工作，编写校本教材{n(2, 15)}种。",
        (
            f"近{rng.choice('三五六')}年累计培训学员{n(8, 60)}000余人次，组织鉴定{n(5, 30)}000余人次，"
            f"合格率达{n(80, 98)}.{n(0, 9)}%。"
        ),
        f"先后被评为“{rng.choice(HONOURS)}”。",
        f"建立了考务管理、质量督导、财务管理等{n(8, 26)}项制度，做到培训与评价分离。",
        f"与{n(12, 130)}家企业签订校企合作协议，毕业生就业率保持在{n(85, 98)}%以上。",
        f"拥有{trade}专家库，入库专家{n(12, 60)}名，均具有{n(5, 15)}年以上从业经验。",
        (
            f"理论考试采用机考，机房有计算机{n(40, 200)}台；实操考核设{n(20, 120)}个工位，"
            f"可同时容纳{n(60, 300)}人考试。"
        ),
        f"组织优势：{us}内设综合部、培训部、考务部、质量督导部，职责明确，运行规范。",
        (
            f"专业优势：在{trade}领域有较强影响力，连续{n(5, 18)}年承办{rng.choice(['全市', '全省', '县级'])}"
            "职业技能竞赛。"
        ),
        "财务独立核算，经费保障到位，无违法违规和失信记录。",
        f"主编教学大纲{n(1, 8)}部，参编《{other}基础》《{trade}实训指导》等教材。",
        f"{us}法人治理结构健全，党组织、工会组织完备，20{n(14, 19)}年通过ISO9001质量管理体系认证。",
        f"20{n(15, 19)}年度经外部审计，资产总额{n(200, 9000)}万元，净资产{n(100, 199)}万元，资产负债率{n(8, 55)}%。",
        f"设备主要有：数控车床CK{n(6132, 6180)}共{n(2, 20)}台、{trade}实训台{n(10, 60)}套、投影仪{n(4, 20)}台。",
        f"实训基地位于{rng.choice(ROADS)}路校区，距市中心{n(2, 18)}公里，水、电、消防设施齐全。",
        f"1.师资力量：本科以上学历占{n(40, 95)}%；2.场地设施：标准化教室{n(6, 40)}间。",
    ]
