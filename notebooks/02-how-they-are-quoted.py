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
# # How are they quoted?
#
# **Question.** When an outlet passes on a statement, what does its wording do with the truth of it, and how does what is said
# sound?
#
# **Why the easy answer misleads.** The easy answer scores the words of whole articles as positive or negative and calls the
# result the outlet's attitude. But a report of deaths is negative whoever writes it, and most of the sentiment in the news is
# that of the events and of the people quoted. What the outlet adds is elsewhere: in the verb. *Said* passes a statement on;
# *claimed* keeps it at arm's length; *revealed* vouches for it. So two things are kept apart here: the **engagement**
# of the wording, which is the outlet's, and the **sentiment** of the content, which is the speaker's and the events'.

# %%
# %matplotlib inline
import warnings
from pathlib import Path

import pandas as pd
import yaml
from IPython.display import HTML, Markdown, display

import discourse
from discourse.clusters import TooFewClusters
from discourse.plots import plot_engagement
from discourse.scoring import measure_accuracy, pair_articles
from discourse.tables import attribution_rows, coded_table

STUDY = Path("../corpora/kazakhstan-2022")
FIGURES = Path("../figures")

study = discourse.read_study(STUDY)
camps = discourse.read_camps(study.camps)
labels = {camp: names["en"] for camp, names in camps.labels.items()}
table = discourse.analyse(study.articles, camps)
coded = coded_table(study.articles, study.gold)
found = attribution_rows(table)
for rows in (table, coded):
    rows["camp"] = pd.Categorical(rows["camp"], [*labels, "other"])

# %% [markdown]
# ## The data, and who is missing from it
#
# The corpus is **constructed**: articles, outlets and quotations were made up for this project, by language models, from publicly
# known events of January 2022. Nothing below is a finding about the press or about anything that anybody said. The
# codes that the method is checked against were made by language models following written guidelines, not by people.
#
# Missing are, in every table below, statements that the method did not find, and with them those reported without a reporting
# word; and `other` holds everyone outside the three camps, as well as sources whose camp the method could not tell.

# %%
display(
    Markdown(
        f"{len(study.articles)} constructed articles of {table['outlet'].nunique()} constructed outlets; "
        f"{len(table)} attributions found, {len(coded)} coded."
    )
)

# %% [markdown]
# ## Which verbs
#
# The commonest reporting words of each camp, with the share of the camp's statements that they introduce. The colon is that of
# headlines.

# %%
verbs = {}
for camp, name in {**labels, "other": "other"}.items():
    lemmas = table.loc[table["camp"] == camp, "cue_lemma"].dropna()
    counts = (
        lemmas.value_counts()
        .rename_axis("cue")
        .reset_index(name="n")
        .sort_values(["n", "cue"], ascending=[False, True])
    )
    verbs[name] = [
        f"{row.cue} {discourse.isolate(f'{row.n / len(lemmas):.0%}')}" for row in counts.head(6).itertuples()
    ]
pd.DataFrame(verbs, index=range(1, 7))

# %% [markdown]
# ## What the wording does
#
# Verbs are grouped by what they do with the truth of the content (after Martin and White's *engagement*): **deny** (he denied
# that), **distance** (he claimed), **acknowledge** (he said), **pronounce** (he insisted), **endorse** (he revealed). Intervals
# take outlets as the sample.

# %%
engagement = discourse.share_by(table, "engagement", within="camp")
order = ["deny", "distance", "acknowledge", "pronounce", "endorse"]
engagement.pivot(index="camp", columns="engagement", values="estimate")[order].join(
    engagement.groupby("camp", observed=True)[["n", "n_articles", "n_outlets"]].first()
).round(3)

# %%
ax = plot_engagement(engagement, labels=labels, title="What the wording does with each camp's statements")
[path.name for path in discourse.save_figure(ax, FIGURES / "02-engagement")]
# %% [markdown]
# The figure says *uncorrected*: these are the machine's labels, and no human codes have been used to take its errors out.
#
# Is Washington kept at arm's length more than Moscow? Pooled shares cannot tell: perhaps the outlet that quotes Washington
# most has a cool style towards everyone. `contrast` compares both camps *within* each outlet.

# %%
warnings.simplefilter("ignore", TooFewClusters)  # of ratios without an interval, which are not used
contrasts = discourse.contrast(table, "camp", ("washington", "moscow"), of="engagement")
differences = contrasts[contrasts["measure"] == "difference"].set_index("engagement")
distance = differences.loc["distance"]
display(
    Markdown(
        f"Share reported with distance, Washington less Moscow within outlets: {100 * distance['estimate']:+.0f} "
        f"percentage points, 95 % interval {100 * distance['ci_low']:+.0f} to {100 * distance['ci_high']:+.0f}, over "
        f"{distance['n_outlets']} outlets."
    )
)

# %% [markdown]
# The estimate is positive, yet the interval holds zero: in the codes, more than half of Washington's statements that are kept
# at arm's length stand in a single outlet, and one outlet is no pattern.

# %%
assert distance["ci_low"] < 0 < distance["estimate"] < distance["ci_high"]
distanced = coded[(coded["camp"] == "washington") & (coded["engagement"] == "distance")]["outlet"].value_counts()
assert distanced.idxmax() == "difaf" and 2 * distanced.max() > distanced.sum()
distanced.to_frame("Washington's statements coded as distance")

# %% [markdown]
# ## How it sounds
#
# Sentiment is that of the content, scored from its words. A camp with much negative content is one that is quoted on bad things, or
# that condemns; it is not a camp that the outlet dislikes.

# %%
sentiment = discourse.share_by(table, "sentiment", within="camp")
sentiment.pivot(index="camp", columns="sentiment", values="estimate").join(
    sentiment.groupby("camp", observed=True)[["n", "n_articles", "n_outlets"]].first()
).round(3)

# %%
ax = discourse.plot_sentiment(sentiment, labels=labels, title="Sentiment of what each camp is quoted with")
[path.name for path in discourse.save_figure(ax, FIGURES / "02-sentiment")]
# %% [markdown]
# ## How far the labels can be trusted
#
# F1 of each class among statements that were found, against the codes. Engagement hangs on a verb from a list and does
# well on text as tidy as this; sentiment is made of word lists and does not. Read the sentiment figure as a
# sketch.

# %%
accuracy = measure_accuracy(study.articles, study.gold, found)
quality = accuracy[accuracy["group"].isin(["engagement", "sentiment"])].set_index(["group", "measure"])
quality = quality[["value", "low", "high", "n"]]
assert quality.loc[("engagement", "macro"), "value"] > quality.loc[("sentiment", "macro"), "value"]
quality.round(2)

# %% [markdown]
# ## Three that it got right
#
# One each of distance, pronounce and denial: the first in the corpus, by one of the three camps, where engagement and sentiment
# agree with the codes.


# %%
articles = {article.id: article for article in study.articles}
pairs = [pair for _, pairs in pair_articles(study.articles, study.gold, found) for pair in pairs]


def in_context(row: dict, remark: str) -> str:
    """Show one attribution in its sentences, and a remark below."""
    return discourse.show_statement(articles[row["article_id"]], row, camps, remark=remark).html


# %%
detected = [p for p in pairs if "detected" in p.holds and p.gold["camp"] in labels]
agreed = [
    p.predicted
    for p in detected
    if all(p.predicted[label] == p.gold[label] for label in ("camp", "engagement", "sentiment")) and p.predicted["cue"]
]
chosen = [next(row for row in agreed if row["engagement"] == name) for name in ("distance", "pronounce", "deny")]
HTML(
    "".join(
        in_context(
            row,
            f"{row['article_id']}: {row['engagement']}, {row['sentiment']}. Verb: {row['cue_lemma']}. Rule: {row['rule']}.",
        )
        for row in chosen
    )
)

# %% [markdown]
# ## Three that it got wrong
#
# The first found statement whose engagement differs from the codes; the first that is negative by the codes but neutral or
# positive by the words; and the first that is neutral by the codes but has words that scored.

# %%
engagement_wrong = next(p for p in detected if p.predicted["engagement"] != p.gold["engagement"])
too_mild = next(p for p in detected if p.gold["sentiment"] == "negative" and p.predicted["sentiment"] != "negative")
too_strong = next(p for p in detected if p.gold["sentiment"] == "neutral" and p.predicted["sentiment"] != "neutral")
shown = []
for pair, label in ((engagement_wrong, "engagement"), (too_mild, "sentiment"), (too_strong, "sentiment")):
    row = pair.predicted
    document = articles[row["article_id"]].document
    words = "، ".join(document[start:end] for start, end in row[f"{label}_evidence"]) or "none"
    shown.append(
        in_context(
            row,
            f"{row['article_id']}: {label} {row[label]}; the codes say {pair.gold[label]}. "
            f"Words that decided: {words}. Rule: {row['rule']}.",
        )
    )
HTML("".join(shown))

# %% [markdown]
# ## What this does not show
#
# - Nothing about real outlets: the texts are constructed, and differences between outlets were planted in them.
# - Not what an outlet intends. *Claimed* is distance on the page; why it stands there is another question.
# - Not bias. A statement may deserve distance; nothing here says which statements are true.
# - Not whole wording: distance by quotation marks, by order, or by a rebuttal in the next sentence is not counted.
# - Not corrected shares, and not agreement between people: no person has coded these articles.
#
# ## Exercise
#
# One outlet was written to keep Washington at arm's length. Of Washington's *coded* statements, which share is reported with
# `distance` by `difaf`, and which by `ufuq`? Compute both from `coded`, put them in below, and run the cell: it checks them
# against the design of the corpus.

# %%
answer = {"difaf": None, "ufuq": None}  # shares between 0 and 1

design = {item["id"]: item for item in yaml.safe_load((STUDY / "design.yml").read_text(encoding="utf-8"))["design"]}
for outlet, (count, n) in design["distance-for-washington"]["counted"].items():
    given = answer[outlet]
    print(
        outlet, "not answered yet" if given is None else "right" if abs(given - count / n) < 0.005 else "not yet right"
    )
