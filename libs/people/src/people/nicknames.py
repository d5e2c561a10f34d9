"""Short and everyday forms of given names, and which given names are known at all.

A form that one name alone has (Mișu: Mihai) says almost as much as the name; one that several share
(Alex: Alexandru, Alexandra) says less, and is told apart by ``Relation``. Words are folded (``fold``).

Sources: Christian Ionescu, Mică enciclopedie onomastică (1975), for the Romanian forms; Wiktionary's
appendices of given names for the English, Russian, Hungarian and German ones. Ion and Ioan, Gheorghe
and George are two names in the register and one in everyday use: they count as shared forms.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

_OWN = """
adrian: adi | adriana: adina adi
alexandru: alex sandu alecu lixandru xandru sasha alexandr aleksandr alexander
alexandra: alex sanda sasha alexa aleksandra | ana: anuta anica ani anca | anamaria: ana
anastasia: nastasia tasia nastia asea | andrei: andi dei andrew andrey andreas
andreea: deea dea andi andra andrea | angela: angi | anton: toni tony antonel | antonia: toni tonia
augustin: gusti | aurel: relu aurica | aurelia: reli aurica lia | bogdan: bobo bogdi bogdanel
camelia: cami lia | carmen: carmi | catalin: cata catalinel | catalina: cata catinca | cezar: cezi
claudia: clau clody | claudiu: clau | constantin: costel costi costica dinu titi constantine kostya costin
corneliu: nelu | cornelia: nela | cosmin: cosmi | cristian: cristi cris christian
cristina: tina cris cristi christina | dan: danut danutz | daniel: dani dan danut daniil
daniela: dani dana | denisa: deni | diana: didi | dimitrie: mitica mitru dmitri dumitru
dorina: dori dorinela | doru: dorel teodor | dragos: dragu
dumitru: mitica mitru dima dmitri dimitri dimitrie
ecaterina: cati catinca rina katia ekaterina katerina caterina
elena: lenuta ileana lena leni ela helen nuti lenuca olena
elisabeta: eli beta liza elisabeth elizabeth veta saveta | emanuel: manu emi emanoil | emil: emi milu
emilia: emi mili | eugen: jeni gelu jenica evgeni eugene | eugenia: jeni geni evgenia | felicia: feli
florentina: flori tina | florin: florinel flo | florina: flori | gabriel: gabi gavril gabor gavrila
gabriela: gabi gabita | georgeta: geta gina | georgiana: gia gigi geo giorgiana
gheorghe: gigi george ghita gogu ghiorghe geo iuri gica | george: gigi ghita gogu geo gheorghe gica georgi
grigore: grig grisa gore grigori | horatiu: hori horia | ileana: lenuta ilinca | ilie: ilica ilia
ioan: ion nelu ionel ionut ionica johnny john ivan jan iancu | ioana: ioanca oana ina joana ivana
ion: ioan nelu ionel ionut ionica ionita john ivan jean iancu | ionel: nelu ionut ion
ionut: ionel ion ioan nelutu | iosif: iosca sefu joseph iosif | irina: ira irinuca | isabela: isa iza bela
iulia: iuliana iuli julia yulia | iulian: iuli iulica | iuliana: iuli liana | laura: lauri lora
laurentiu: lari laur laurian | lavinia: lavi | lidia: lida | liliana: lili liana lilica | liviu: livi
livia: livi | loredana: lori dana lore | luca: luchian | lucian: luci lucica | lucia: luci lucica
luminita: lumi mita | madalina: mada madi | magdalena: magda lena | manuela: manu ela
marcel: marcelus celu | marcela: celia | margareta: margo reta marga greta margarit
maria: marioara mia mariuca marica maricica mary masha | mariana: mari | marian: mari
marin: marinel marinica | marina: mari marinela | marius: mari | matei: mateiut matthew matvei
mihaela: miha ela | mihai: misu mihaita misa mihut mihail michael mikhail mike
mihail: misu mihai misa michael mikhail | mircea: mirciulica mirci | mirela: mira | monica: moni
nadejda: nadia nadea | natalia: nati nata natasa natasha
nicolae: nicu nae niculae colea nicusor nikolai neculai nick | nicoleta: nico nicola leta
octavian: tavi tavian | octavia: tavi | olga: olea olguta | olimpia: oli pia | ovidiu: ovi
patricia: pati patri | paul: pavel paulica | paula: paulina
petre: petru petrica petrut petrisor peter piotr | petru: petre petrica petrut petrisor peter piotr
petronela: nela petra | radu: raducu raducan raducanu | raluca: ralu luca | ramona: mona rami
rares: rari | razvan: razvi | roberta: robi | robert: robi rob bob bobby | rodica: rodi | roxana: roxi
sabina: sabi bina | sebastian: sebi bastian seba | serban: serbanel | sergiu: sergey serghei serj
silviu: silvi silvian | silvia: silvi | simona: simo mona | sorin: sori sorinel | sorina: sori
stefan: fane fanel fanica stef stefanel stephen steven istvan | stefania: stefi fana fani steff stephanie
svetlana: sveta lana | tatiana: tania tanea tati | teodor: teo doru tudor theodor fedor
teodora: teo dora theodora | tiberiu: tibi | traian: trai | tudor: tudorel teodor tudorica
valentin: vali val | valentina: vali tina | valeriu: vali valer valera | valeria: vali lera
vasile: vasilica lica vasea sile vasyl vasili basil | veronica: vero ronica nica | victor: vic vicu viorel
victoria: vica vichi viki | viorel: relu vio viorelus | viorica: vio rica | violeta: vio leta
vladimir: vlad vova volodea volodymyr | vlad: vladut | zoltan: zoli | laszlo: laci
ferenc: feri francisc franz | istvan: pista isti | janos: jani ioan jancsi | jozsef: joska | sandor: sanyi
gyorgy: gyuri gyurka | mihaly: misi mihai | erzsebet: erzsi | katalin: kati kata | ildiko: ildi
zsuzsanna: zsuzsa | susana: suzi sanda suzana | alexander: alex sasha xander | anthony: tony
benjamin: ben benny | catherine: kate cathy cat katherine | charles: charlie chuck
christopher: chris kit | david: dave davy | deborah: debbie deb | edward: ed eddie ted
elizabeth: liz beth betty eliza lizzie | frederick: fred freddy | gregory: greg | henry: harry hank
jacob: jake | james: jim jimmy jamie | jennifer: jen jenny | jessica: jess jessie | john: jack johnny
jonathan: jon | joseph: joe joey | joshua: josh | katherine: kate kathy katie | kenneth: ken
lawrence: larry | margaret: maggie meg peggy | matthew: matt | michael: mike mick mickey | nicholas: nick
pamela: pam | patrick: pat paddy | peter: pete | philip: phil | rebecca: becky becca
richard: rick dick rich | samuel: sam sammy | samantha: sam | stephen: steve | steven: steve
susan: sue susie | theodore: ted teddy theo | thomas: tom tommy | timothy: tim | victoria: vicky
william: will bill billy liam | dmitri: dima mitia | sergei: serioja | yuri: iura | aleksei: liosa
ivan: vania | johannes: hans johann | friedrich: fritz | giuseppe: beppe peppe | francesco: ciccio franco
giovanni: gianni | jose: pepe | francisco: paco pancho | guadalupe: lupe
mohammed: mohamed muhammad mohamad | yusuf: youssef iusuf
"""
_ALSO_GIVEN = """
adela adelina adeline albert alberto alice alin alina alma amalia amelia ana anabela andrada angelica
anisoara antal aron arthur artur attila barbara beatrice beniamin bianca brigitta brindusa bruno calin carla
carlos carol carolina casandra cecilia celina ciprian clara codrin codruta coralia corina crenguta crina
damian daria darius dariusz delia denis doina dominic dora dorin ecaterina edit eduard elvira emese emma
eniko erik erika ernest estera eva fabian fabiola filip flavia flaviu florea florica francesca francisc gelu
georgia gergely gina gloria hans helga henrik horia hortensia hunor iacob ianis igor ilinca ilona inga
ingrid ioachim iolanda ionela iris istvan iustin iustina iva ivona izabela jasmina karina karl katarzyna
klaus lacramioara larisa leon leonard leonid leontin liana ligia lorand lorena lorin ludmila ludovic luis
luiza maia malina manole marc marcu marilena marinela mario marko marta martin matilda maxim medeea melania
melinda mia mihnea mina mirabela miron miruna mohamed monika nadia narcis narcisa nelu nicanor nichita noemi
nora norbert oana oleg oltea oxana pavel petra pompiliu rafael rahela raisa raul regina remus renata rita
robert roland roman romeo romulus rozalia ruben rut ruxandra sabin sanda sara sava saveta septimiu sever
severin sidonia silvan simion sofia solomon sonia stefana stela stelian steliana szilard tamara tamas tania
teofil theo timea timotei titus toma traian tunde urania valer vasilica vera vicentiu vicu vintila virgil
virginia viviana voicu xenia yasmin zamfir zenovia zina zoe zsofia zsolt
"""


class Relation(Enum):
    """How surely one given name stands for the other."""

    OWN = "own"
    SHARED = "shared"


@lru_cache(maxsize=1)
def _names_by_form() -> dict[str, frozenset[str]]:
    """Every word with the names that it may stand for, itself included where it is a name."""
    found: dict[str, set[str]] = {}
    for group in _OWN.replace("\n", "|").split("|"):
        name, _, forms = group.partition(":")
        for word in (name.strip(), *forms.split()):
            if name.strip():
                found.setdefault(word, set()).add(name.strip())
    return {word: frozenset(names) for word, names in found.items()}


@lru_cache(maxsize=1)
def _forms_by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, names in _names_by_form().items():
        for name in names:
            found.setdefault(name, set()).add(word)
    return {name: frozenset(words) for name, words in found.items()}


@lru_cache(maxsize=8_192)
def other_forms(word: str) -> frozenset[str]:
    """The words that may stand for the same given name, without the word itself."""
    names = _names_by_form().get(word, frozenset())
    return frozenset(form for name in names for form in _forms_by_name()[name]) - {word}


@lru_cache(maxsize=8_192)
def relation(one: str, other: str) -> Relation | None:
    """Whether two different words may be one person's given name; None where nothing says so.

    Own only where the short form leads to one name, in however many spellings (Mihai, Mihail). Two names of
    the register are never that: there are brothers called Ion and Ioan.
    """
    if other not in other_forms(one):
        return None
    registered = _forms_by_name()
    if one in registered and other in registered:
        return Relation.SHARED
    short = one if other in registered else other
    leads_to = _names_by_form()[short]
    one_name = all(b in registered[a] or a in registered[b] for a in leads_to for b in leads_to)
    return Relation.OWN if one_name else Relation.SHARED


def is_given_name(word: str) -> bool:
    """Whether a folded word is a given name known here; many are not, and some are family names too."""
    return word in _names_by_form() or word in _given()


def is_womans_name(word: str) -> bool:
    """Whether a folded word is a woman's given name; unlike men's, these are no family names."""
    return word.endswith("a") and word not in _MENS_IN_A and is_given_name(word)


_IN_A = """
luca toma mircea mihnea horia sava manea costa petrea zaharia misa sasha sacha mitica costica gica ghita
ionica fanica vania misha dima mitia kostya nikita ilia luka attila bela pista joska vasilica lica nea
valera vova iura liosa serioja petrica aurica grisa colea volodea paulica ilica jenica danila gavrila
"""
_MENS_IN_A = frozenset(_IN_A.split())


@lru_cache(maxsize=1)
def _given() -> frozenset[str]:
    return frozenset(_ALSO_GIVEN.split())
