"""The forms of English words, right ones, and wrong ones that must not be."""

import pytest

from services.matcher.domain.languages.known import LANGUAGES

VERBS = {
    "appoint": "appoint appoints appointed appointing",
    "stop": "stop stops stopped stopping",
    "plan": "plan plans planned planning",
    "ban": "ban bans banned banning",
    "slam": "slam slams slammed slamming",
    "refer": "refer refers referred referring",
    "commit": "commit commits committed committing",
    "visit": "visit visits visited visiting",
    "open": "open opens opened opening",
    "order": "order orders ordered ordering",
    "rain": "rain rains rained raining",
    "fix": "fix fixes fixed fixing",
    "carry": "carry carries carried carrying",
    "deploy": "deploy deploys deployed deploying",
    "push": "push pushes pushed pushing",
    "choose": "choose chooses chose chosen choosing",
    "urge": "urge urges urged urging",
    "agree": "agree agrees agreed agreeing",
    "flee": "flee flees fled fleeing",
    "free": "free frees freed freeing",
    "die": "die dies died dying",
    "panic": "panic panics panicked panicking",
    "travel": "travel travels traveled travelled traveling travelling",
    "kidnap": "kidnap kidnaps kidnaped kidnapped kidnaping kidnapping",
    "mobilize": "mobilize mobilizes mobilized mobilizing mobilise mobilises mobilised mobilising",
    "seize": "seize seizes seized seizing",
    "advise": "advise advises advised advising",
    "put": "put puts putting",
    "hit": "hit hits hitting",
    "sit": "sit sits sat sitting",
    "swear": "swear swears swore sworn swearing",
    "forbid": "forbid forbids forbade forbidden forbidding",
    "withdraw": "withdraw withdraws withdrew withdrawn withdrawing",
    "overthrow": "overthrow overthrows overthrew overthrown overthrowing",
    "lay": "lay lays laid laying",
    "relay": "relay relays relayed relaying",
    "lead": "lead leads led leading",
    "meet": "meet meets met meeting",
    "make": "make makes made making",
    "shoot": "shoot shoots shot shooting",
    "undergo": "undergo undergoes underwent undergone undergoing",
    "veto": "veto vetoes vetoed vetoing",
    "have": "have has had having",
    "be": "be is are am was were been being",
    "quit": "quit quits quitted quitting",
    "back": "back backs backed backing",
    "tie": "tie ties tied tying",
    "echo": "echo echoes echoed echoing",
    "bus": "bus buses bussed bused bussing busing",
    "shell": "shell shells shelled shelling",
    "patrol": "patrol patrols patrolled patrolling",
    "transfer": "transfer transfers transferred transferring",
    "target": "target targets targeted targeting",
    "bomb": "bomb bombs bombed bombing",
    "hail": "hail hails hailed hailing",
    "quell": "quell quells quelled quelling",
    "equip": "equip equips equipped equipping",
    "sue": "sue sues sued suing",
    "dye": "dye dyes dyed dyeing",
    "try": "try tries tried trying",
    "bow": "bow bows bowed bowing",
    "analyze": "analyze analyzes analyzed analyzing analyse analyses analysed analysing",
    "Appoint": "appoint appoints appointed appointing",
}
NOUNS = {
    "leader": "leader leaders",
    "army": "army armies",
    "convoy": "convoy convoys",
    "chairman": "chairman chairmen",
    "spokeswoman": "spokeswoman spokeswomen",
    "human": "human humans",
    "headquarters": "headquarters",
    "aircraft": "aircraft",
    "troops": "troops",
    "crisis": "crisis crises",
    "boss": "boss bosses",
    "bus": "bus buses",
    "branch": "branch branches",
    "chief": "chief chiefs",
    "wife": "wife wives",
    "person": "person people persons",
    "child": "child children",
    "hero": "hero heroes",
    "militia": "militia militias",
    "organization": "organization organizations organisation organisations",
    "corps": "corps",
    "proxy": "proxy proxies",
    "ally": "ally allies",
    "mosque": "mosque mosques",
    "embargo": "embargo embargoes",
    "campus": "campus campuses",
    "thesis": "thesis theses",
    "protégé": "protege proteges",
}


@pytest.mark.parametrize(("stem", "forms"), VERBS.items())
def test_the_forms_of_a_verb_are_these_and_no_other(stem: str, forms: str) -> None:
    assert LANGUAGES["en"].inflections["v"]([stem]) == frozenset(forms.split())


@pytest.mark.parametrize(("stem", "forms"), NOUNS.items())
def test_the_forms_of_a_noun_are_these_and_no_other(stem: str, forms: str) -> None:
    assert LANGUAGES["en"].inflections["n"]([stem]) == frozenset(forms.split())


def test_an_adjective_has_one_form() -> None:
    assert LANGUAGES["en"].inflections["a"](["new"]) == {"new"}
