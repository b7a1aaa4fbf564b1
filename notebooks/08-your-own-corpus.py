# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own corpus
#
# **Question.** You have articles of your own, about another conflict, in files that somebody else made. What does it take to get from
# them to a first table and figure that you would show?
#
# **Why the easy answer misleads.** The easy answer is to load the files and look at the figure. But files have rows that cannot be read, and
# a loader that drops them in silence has chosen your sample for you. Camps are yours to define: what is nobody's camp goes to
# `other`, and nothing in the figure says how much of that is a name that the program did not know. So read the faults first,
# and code a few articles before you look at any share.

# %%
# %matplotlib inline
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from IPython.display import HTML, Markdown, display

import discourse
from discourse.clusters import TooFewClusters
from discourse.scoring import measure_accuracy, pair_articles
from discourse.sentiment import read_sentiment_lexicon
from discourse.tables import attribution_rows

FIGURES = Path("../figures")
pd.set_option("display.max_colwidth", 90)
workplace = TemporaryDirectory()  # in your study, a folder of yours
folder = Path(workplace.name)

# %% [markdown]
# ## The data, and who is missing from it
#
# Eight short articles about a dam on a river, by four outlets: **constructed** for this notebook by a language model. Neither the
# outlets nor the statements exist, and nothing below is a finding. They lie in a CSV file as a spreadsheet would save it, with Arabic
# headings and with two rows that are not in order.
#
# Missing is nearly everything: eight articles estimate nothing. They show the steps.

# %%
HEADINGS = ["الصحيفة", "التاريخ", "العنوان", "النص"]
ROWS = [
    (
        "nile",
        "2025-03-02",
        "القاهرة: لا اتفاق بلا ضمانات",
        "قالت وزارة الخارجية المصرية إن القاهرة لن توقع اتفاقا بلا ضمانات مكتوبة. وأضافت أن حصة البلاد من المياه ليست موضع مساومة.",
    ),
    (
        "highland",
        "2025-03-02",
        "السد يمتلئ في موعده",
        "أكدت وزارة المياه الإثيوبية أن ملء الخزان يسير في موعده. وزعم مسؤول مصري أن الملء يضر بالمزارعين.",
    ),
    (
        "delta",
        "2025-03-03",
        "خلاف على أرقام الملء",
        (
            "أعلن رئيس الوزراء الإثيوبي آبي أحمد أن التوربينات الجديدة ستعمل قبل الصيف. ورد وزير الري المصري بأن بلاده لم تتسلم "
            "أي بيانات. وقال مزارع من كفر الشيخ: «نسمع عن السد ولا نرى الماء»."
        ),
    ),
    (
        "horn",
        "2025-03-03",
        "الخرطوم تطلب وسيطا",
        (
            "طالبت الخرطوم بوسيط أفريقي. واعتبر خبير في المياه أن الوساطة جاءت متأخرة. وبحسب وزارة الري السودانية، فإن السدود "
            "السودانية تحتاج إلى بيانات يومية."
        ),
    ),
    (
        "nile",
        "2025-03-05",
        "مصر تشكو إلى مجلس الأمن",
        (
            "اتهم وزير الخارجية المصري أديس أبابا بالمماطلة. وشدد على أن الوقت ينفد. ونفت الخارجية الإثيوبية أن تكون قد تلقت أي "
            "شكوى."
        ),
    ),
    (
        "highland",
        "2025-03-05",
        "أديس أبابا: التنمية حق",
        (
            "قال المتحدث باسم الخارجية الإثيوبية إن السد «مشروع حياة لا مشروع خصومة». وجددت دولة المنبع تأكيدها أن الجداول أُرسلت "
            "إلى الخرطوم."
        ),
    ),
    (
        "delta",
        "2025-03-06",
        "السودان بين جارين",
        (
            "حذر وزير الري السوداني من فيضان مفاجئ. ونقلت وكالة محلية عن مهندس في سد الروصيرص أن المنسوب ارتفع ليلا. أما في حقول "
            "الجزيرة فلسان الحال واحد، لا زرع بلا موعد للماء."
        ),
    ),
    (
        "horn",
        "2025-03-06",
        "الاتحاد الأفريقي يدعو إلى جولة جديدة",
        "دعا الاتحاد الأفريقي الأطراف إلى جولة جديدة. ورحبت القاهرة بالدعوة، فيما قالت أديس أبابا إنها تدرسها.",
    ),
    ("nile", "06/03/2025", "بيان بلا تفاصيل", "قالت القاهرة إنها تنتظر."),
    ("delta", "2025-03-07", "صفحة فارغة", ""),
]
pd.DataFrame(ROWS, columns=HEADINGS).to_csv(folder / "articles.csv", index=False, encoding="utf-8")

# %% [markdown]
# ## Read, and read the faults
#
# `columns` says which of your headings is which. One bad row never costs another; but each is listed, with what would be right.

# %%
columns = {"outlet": "الصحيفة", "date": "التاريخ", "title": "العنوان", "text": "النص"}
corpus = discourse.read_corpus(folder / "articles.csv", columns=columns)
for fault in corpus.faults:
    print(str(fault).replace(f"{folder}/", ""))
assert len(corpus) + len(corpus.faults) == len(ROWS)
display(Markdown(f"Read: {len(corpus)} articles. Left out, and why: {len(corpus.faults)} rows, above."))

# %% [markdown]
# The sixth of March or the third of June? The program does not guess; you know, and write `2025-03-06`. Both rows stay out here.
#
# ## Camps
#
# A camp is a list of states, by the names of the actor data; organisations and people may follow. Whoever is not listed is `other`. A name
# that the data do not have is a fault, not an empty camp:

# %%
CAMPS = """
- {camp: cairo, label_en: Cairo, label_ar: القاهرة, states: [egypt]}
- {camp: addis, label_en: Addis Ababa, label_ar: أديس أبابا, states: [ethiopia]}
- {camp: khartoum, label_en: Khartoum, label_ar: الخرطوم, states: [sudan]}
"""
(folder / "camps.yml").write_text(CAMPS.replace("ethiopia", "abyssinia"), encoding="utf-8")
try:
    discourse.read_camps(folder / "camps.yml")
except discourse.CampsError as error:
    print(str(error).replace(f"{folder}/", ""))
(folder / "camps.yml").write_text(CAMPS, encoding="utf-8")
camps = discourse.read_camps(folder / "camps.yml")
labels = {camp: names["en"] for camp, names in camps.labels.items()}
arabic = {camp: names["ar"] for camp, names in camps.labels.items()}

# %% [markdown]
# ## The first table

# %%
table = discourse.analyse(corpus, camps)
table["camp"] = pd.Categorical(table["camp"], [*labels, "other"])
shares = discourse.share_by(table, "camp")
assert shares["n_outlets"].eq(4).all()
display(table[["article_id", "camp", "source", "cue", "content"]].head(6))
shares[["camp", "count", "n", "n_articles", "n_outlets", "estimate", "ci_low", "ci_high"]].round(2)

# %% [markdown]
# With four outlets the intervals are as wide as they should be. And how much of `other` is somebody whom the program did not know? This
# is the list to go through with every new corpus:

# %%
unplaced = table[table["camp"] == "other"]
assert "دولة المنبع" in set(unplaced["source"])
unplaced[["source", "resolved_by", "content"]]

# %% [markdown]
# *The upstream state* is Addis Ababa to every reader of these outlets, and nobody to a list of names.
#
# ## The first figure

# %%
ax = discourse.plot_shares(shares, labels=labels, title="Whose statements eight constructed articles carry")
[path.name for path in discourse.save_figure(ax, FIGURES / "08-shares")]
# %%
ax = discourse.plot_shares(shares, language="ar", labels=arabic, title="كلام من تنقله ثمانية مقالات مصطنعة؟")
[path.name for path in discourse.save_figure(ax, FIGURES / "08-shares-ar")]
# %% [markdown]
# `save_figure` writes the picture, and beside it the numbers that it draws. The caption says *uncorrected*, and it will until people have
# coded a sample (notebook 06).
#
# ## Words and frames of your own
#
# A lexicon of sentiment is a CSV file with `term` and `polarity`; negation and the like stay the package's. Frames are a YAML file,
# each indicator with an example in which it is found. What cannot be used is told with its line.

# %%
(folder / "terms.csv").write_text(
    "term,polarity\nمماطلة,negative\nضمانات,positive\nفيضان,negative\nحياة,positive\n", "utf-8"
)
FRAMES = """
- frame: water_right
  label: A right to water
  source: this notebook
  codebook: "A share of the river, or time and data of the filling, are somebody's due."
  indicators:
    - {indicator: حصة, pos: noun, weight: strong, example: تمسك بحصة بلاده من النهر.}
    - {indicator: بيانات, pos: noun, weight: strong, example: طلب بيانات الملء.}
    - {indicator: ضمانات, pos: noun, weight: strong, example: اشترط ضمانات مكتوبة.}
- frame: development
  label: Development
  source: this notebook
  codebook: "The dam brings power, work, a better life."
  indicators:
    - {indicator: تنمية, pos: noun, weight: strong, example: السد باب إلى التنمية.}
    - {indicator: توربينات, pos: noun, weight: strong, example: دارت التوربينات أمس.}
    - {indicator: مشروع حياة, pos: phrase, weight: strong, example: هو مشروع حياة.}
"""
(folder / "frames.yml").write_text(FRAMES, encoding="utf-8")
frames = discourse.read_frames(folder / "frames.yml")
rescored = discourse.score_sentiment(table, read_sentiment_lexicon(folder / "terms.csv"))
framed = discourse.score_frames(table, frames)
own = pd.DataFrame(
    {
        "camp": table["camp"],
        "content": table["content"],
        "package": table["sentiment"],
        "own terms": rescored["sentiment"],
        "own frames": [", ".join(held) for held in framed["frames"]],
    }
)
assert (own["package"] != own["own terms"]).any() and {"water_right", "development"} <= set(own["own frames"])
own[(own["package"] != own["own terms"]) | (own["own frames"] != "")]

# %%
warnings.simplefilter("ignore", TooFewClusters)  # of frames that a camp never invokes; the figure says so
flags = pd.concat(
    [
        table.assign(frame=frame.frame, holds=[float(frame.frame in held) for held in framed["frames"]])
        for frame in frames.frames
    ]
)
profile = discourse.mean_by(flags, "holds", ["frame", "camp"], cluster="article_id")
ax = discourse.plot_frames(
    profile, labels={**labels, **{frame.frame: frame.label for frame in frames.frames}}, title="Two frames of one's own"
)
[path.name for path in discourse.save_figure(ax, FIGURES / "08-own-frames")]
# %% [markdown]
# The lines fill the figure: with eight articles, the shares may be anything. A figure that says so is right.

# %%
known = profile[profile["ci_low"].notna()]
assert (known["ci_high"] - known["ci_low"] > 0.9).all()
profile[["frame", "camp", "n", "n_articles", "estimate", "ci_low", "ci_high"]].round(2)

# %% [markdown]
# ## Save, stop, go on
#
# `process_corpus` does the same for any number of articles and keeps what is done in a folder of Parquet files. If it is
# stopped, or if files are added, the same call goes on where it was.

# %%
call = {"camps": camps, "columns": columns, "workers": 1, "progress": False}
first = discourse.process_corpus(folder / "articles.csv", folder / "store", **call)
again = discourse.process_corpus(folder / "articles.csv", folder / "store", **call)
late = [("horn", "2025-04-01", "الخرطوم: المنسوب مستقر", "أعلنت وزارة الري السودانية أن منسوب النهر مستقر.")]
pd.DataFrame(late, columns=HEADINGS).to_csv(folder / "april.csv", index=False, encoding="utf-8")
both = [folder / "articles.csv", folder / "april.csv"]
more = discourse.process_corpus(both, folder / "store", **call)
assert (first.n_analysed, again.n_analysed, more.n_analysed) == (len(corpus), 0, 1)
stored = discourse.read_rows(folder / "store")
assert set(table["content"]) < set(stored["content"])
pd.DataFrame(
    [(run.n_articles, run.n_analysed, run.n_attributions, len(run.faults)) for run in (first, again, more)],
    index=["first run", "again", "with a file added"],
    columns=["articles", "analysed now", "attributions", "rows left out"],
)

# %% [markdown]
# ## Code a few, and compare
#
# Before any share is believed, some articles are coded. Here all eight are, by the model that wrote them: a line for
# each statement with its article's place in the file, camp, source and content.

# %%
CODES = (
    (0, "cairo", "القاهرة", "لا اتفاق بلا ضمانات"),
    (0, "cairo", "وزارة الخارجية المصرية", "إن القاهرة لن توقع اتفاقا بلا ضمانات مكتوبة"),
    (0, "cairo", None, "أن حصة البلاد من المياه ليست موضع مساومة"),
    (1, "addis", "وزارة المياه الإثيوبية", "أن ملء الخزان يسير في موعده"),
    (1, "cairo", "مسؤول مصري", "أن الملء يضر بالمزارعين"),
    (2, "addis", "رئيس الوزراء الإثيوبي آبي أحمد", "أن التوربينات الجديدة ستعمل قبل الصيف"),
    (2, "cairo", "وزير الري المصري", "بأن بلاده لم تتسلم أي بيانات"),
    (2, "other", "مزارع من كفر الشيخ", "نسمع عن السد ولا نرى الماء"),
    (3, "khartoum", "الخرطوم", "وسيطا"),
    (3, "khartoum", "الخرطوم", "بوسيط أفريقي"),
    (3, "other", "خبير في المياه", "أن الوساطة جاءت متأخرة"),
    (3, "khartoum", "وزارة الري السودانية", "فإن السدود السودانية تحتاج إلى بيانات يومية"),
    (4, "cairo", "وزير الخارجية المصري", "بالمماطلة"),
    (4, "cairo", None, "على أن الوقت ينفد"),
    (4, "addis", "الخارجية الإثيوبية", "أن تكون قد تلقت أي شكوى"),
    (5, "addis", "أديس أبابا", "التنمية حق"),
    (5, "addis", "المتحدث باسم الخارجية الإثيوبية", "إن السد «مشروع حياة لا مشروع خصومة»"),
    (5, "addis", "دولة المنبع", "أن الجداول أُرسلت إلى الخرطوم"),
    (6, "khartoum", "وزير الري السوداني", "من فيضان مفاجئ"),
    (6, "other", "مهندس في سد الروصيرص", "أن المنسوب ارتفع ليلا"),
    (6, "other", "حقول الجزيرة", "لا زرع بلا موعد للماء"),
    (7, "other", "الاتحاد الأفريقي", "إلى جولة جديدة"),
    (7, "other", "الاتحاد الأفريقي", "إلى جولة جديدة"),
    (7, "cairo", "القاهرة", "بالدعوة"),
    (7, "addis", "أديس أبابا", "إنها تدرسها"),
)


def code_rows(lines: tuple) -> list[dict]:
    """Find the words of each line in its article, each behind those of the line before it."""
    rows, place, before = [], 0, None
    for number, (index, camp, source, content) in enumerate(lines):
        article = corpus.articles[index]
        place = place if index == before else 0
        start = article.document.index(content, place)
        at = article.document.index(source, place) if source else None
        place, before = start + len(content), index
        rows.append(
            {
                "article_id": article.id,
                "id": f"c{number}",
                "camp": camp,
                "content": [[start, place]],
                "source": None if at is None else [at, at + len(source)],
                "cue": None,
                "type": "indirect",
                "parent": None,
                "speaker": None,
            }
        )
    return rows


coded = code_rows(CODES)
found = attribution_rows(table)
accuracy = measure_accuracy(corpus, coded, found, draws=0)
overall = accuracy[(accuracy["slice"] == "all") & accuracy["measure"].isin(["detected", "voiced", "sourced"])]
overall = overall.pivot(index="measure", columns="statistic", values="value")
assert 0.5 < overall.loc["voiced", "f1"] < overall.loc["detected", "f1"] < 1
overall.round(2)

# %% [markdown]
# Eight tidy articles flatter. But the kinds of errors are those you will meet.
#
# ## Three that it got right
#
# The first of each camp in which content, source and camp agree with the codes.

# %%
articles = {article.id: article for article in corpus}
pairs = [pair for _, pairs in pair_articles(corpus, coded, found) for pair in pairs]


def shown(row: dict, remark: str) -> str:
    """Show a statement in its sentences, with a remark."""
    return discourse.show_statement(articles[row["article_id"]], row, camps, remark=remark).html


right = {}
for pair in pairs:
    if {"exact", "voiced", "sourced"} <= pair.holds:
        right.setdefault(pair.predicted["camp"], pair.predicted)
HTML("".join(shown(right[camp], f"{labels[camp]} by both. Rule: {right[camp]['rule']}.") for camp in labels))

# %% [markdown]
# ## Three that it got wrong
#
# The upstream state, which no list knows; then the first two others that were given to another camp than the codes have, or that have
# no answer in the codes.

# %%
astray = [
    pair
    for pair in pairs
    if pair.predicted
    and ("voiced" not in pair.holds)
    and (pair.gold is None or pair.gold["camp"] != pair.predicted["camp"])
]
upstream = [pair for pair in astray if "دولة المنبع" in str(pair.predicted["source_text"])]
wrong = [*upstream, *(pair for pair in astray if pair not in upstream)][:3]
assert upstream and len(wrong) == 3
HTML(
    "".join(
        shown(
            pair.predicted,
            f"machine {pair.predicted['camp']}; codes {pair.gold['camp'] if pair.gold else 'have no such statement'}. "
            f"Rule: {pair.predicted['rule']}.",
        )
        for pair in wrong
    )
)

# %% [markdown]
# And what it missed, which no table shows:

# %%
missed = [pair.gold for pair in pairs if pair.predicted is None]
assert missed
pd.DataFrame(
    {
        "camp": [row["camp"] for row in missed],
        "content": [articles[row["article_id"]].document[slice(*row["content"][0])] for row in missed],
    }
)

# %% [markdown]
# ## What this does not show
#
# - Nothing about a river, a dam or a press: the texts are constructed.
# - Not how well the program does on your articles. Code a sample of them and see (notebook 06).
# - Not corrected shares: eight articles and a model's codes correct nothing.
# - Not everything that can go wrong with files: other encodings, dates in words, pages saved with their menus, articles twice. `read_corpus`
#   says in its notes what it made of them.
#
# ## Exercise
#
# Write an Arabic sentence in which Khartoum **denies** something, put it in below, and run the cell: it checks that exactly one
# statement is found in it, that its camp is `khartoum` and its engagement `deny`.

# %%
answer = ""  # an Arabic sentence

if answer:
    attempt = discourse.analyse([discourse.Article("mine", "", answer)], camps)
    print("right" if [*zip(attempt["camp"], attempt["engagement"])] == [("khartoum", "deny")] else "not yet right")
else:
    print("not answered yet")
