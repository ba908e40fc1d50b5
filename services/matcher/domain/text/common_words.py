"""The words that reports are full of, the commonest first, as the fold leaves them."""

ENGLISH = (
    "the of and to in a is for that on with was as by it at from be are he this have an has his "
    "not said were or but they which their will had who been its also more after about her would "
    "we one when all there people if two other new up over out no can she some so than into what "
    "last first time year years could i you them government state president may before during "
    "between most against while these our other only under where since many any such now country "
    "including because police military minister national security officials state states united "
    "three told group according forces attack killed through then made my should international "
    "world political public news do did does like being us support party both week day month "
    "early late off just how even those back still same another down city area several member "
    "members leader leaders part war say says north south east west foreign report reports "
    "reported statement army power around use used made make take took help four five six seven "
    "million thousand hundred percent monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december home "
    "man men women children local region capital official authorities troops soldiers fighters "
    "militia group groups fire force call called calls man much must him your"
)
ARABIC = (
    "في من علي الي ان عن التي مع الذي هذا ما بعد كان هذه قال قد لا كل بين او وقال ذلك حيث خلال "
    "يوم رييس قبل عام الحكومه لم كما اكد قوات امس حول ضد العام غير اي الامن تم منذ الوزرا مجلس "
    "كانت الرييس الدوله ولا مدينه عدد بعض القوات المتحده وزير الوطني اليوم حتي هو هي له لها فيها "
    "الشعب ثلاثه تلك عندما اكثر بها عليه شخص مقتل هجوم اذا ثم لكن وهو وهي فقد لن ليس هناك الان "
    "سوريا العراق ايران العراقيه العراقي الامريكيه الامريكي الدوليه الدولي العربيه العربي ايضا "
    "اخري احد عبر تحت فوق امام داخل خارج بشان بسبب اول ثاني الاول الماضي المقبل السلطات الشرطه "
    "الجيش رويترز وكاله بيان وكانت واضاف واكد وفي ومن وان كانوا دون عند وقد ولم بن عبد محمد"
)
