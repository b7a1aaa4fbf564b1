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
# <div dir="rtl" lang="ar">
#
# # لمن الكلام؟
#
# **السؤال.** حين تروي وسائل الإعلام العربية أزمة واحدة، كلام من تنقل: موسكو أم واشنطن أم أستانا؟
#
# **لماذا يضلّل الجواب السهل؟** الجواب السهل أن نعدّ الأسماء: كم مرة ترد كل عاصمة في النص؟ غير أن من يُذكر ليس كمن يُسمع. فالعاصمة
# تُذكر حين يتحدث عنها غيرها، وهي تتكلم بأسماء كثيرة سوى اسمها: وزارة، وناطقة، ورئيس، وفعل حُذف فاعله. ثم إن الأقوال في
# الوسيلة الواحدة متشابهة أيًّا كان المعدود، فهيئة التحرير واحدة، ودليل الأسلوب واحد، والوكالات واحدة؛ وفترة الثقة التي تعدّها
# مستقلة بعضها عن بعض أضيق مما ينبغي.
#
# </div>

# %%
# %matplotlib inline
from pathlib import Path

import pandas as pd
import yaml
from IPython.display import HTML, display

import discourse
from discourse.scoring import measure_accuracy, pair_articles
from discourse.tables import attribution_rows, coded_table

STUDY = Path("../corpora/kazakhstan-2022")
FIGURES = Path("../figures")

study = discourse.read_study(STUDY)
camps = discourse.read_camps(study.camps)
labels = {camp: names["ar"] for camp, names in camps.labels.items()}
words = {**labels, "other": "أطراف أخرى"}
table = discourse.analyse(study.articles, camps)
coded = coded_table(study.articles, study.gold)
found = attribution_rows(table)
for rows in (table, coded):
    rows["camp"] = pd.Categorical(rows["camp"], [*labels, "other"])


def from_right(rows: pd.DataFrame) -> HTML:
    """اعرض جدولا من اليمين إلى اليسار."""
    return HTML(rows.to_html().replace("<table", '<table dir="rtl" lang="ar"', 1))


# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## البيانات، ومن الغائب عنها
#
# المدوّنة **مصطنعة**: كتبت مقالاتها نماذج لغوية لأجل هذا المشروع، انطلاقا من أحداث معلومة وقعت في كانون الثاني/يناير
# من ذلك العام. ولا وجود لوسائلها، وليست الأقوال فيها أقوال من نُسبت إليهم. فلا شيء مما يلي حكم على الصحافة، وإنما هو
# تجربة للطريقة على نصوص جوابها معلوم: مع كل مقال *ترميز* يحصي الأقوال المنسوبة التي يجدها فيه قارئ يتبع دليلا مكتوبا.
# والترميز أيضا من عمل نماذج لغوية، لا من عمل بشر.
#
# والغائب كل وسيلة حقيقية، وكل ما ليس خبرا من رأي وبث، وكل ما سبق تلك الأيام أو تلاها، ثم كل ما لا تعثر عليه
# الطريقة.
#
# </div>

# %%
per_outlet = pd.DataFrame(
    {
        "المقالات": table.groupby("outlet")["article_id"].nunique(),
        "ما وُجد من أقوال": table.groupby("outlet").size(),
        "ما رُمّز منها": coded.groupby("outlet").size(),
    }
).rename_axis("الوسيلة")
assert per_outlet["المقالات"].sum() == len(study.articles)
from_right(per_outlet)

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## الجواب السهل
#
# كم مرة يرد اسم كل عاصمة في المقالات، وكم مرة يتكلم كل طرف؟
#
# </div>

# %%
text = " ".join(article.document for article in study.articles)
names = pd.DataFrame(
    {
        "الاسم في النص": {camp: text.count(label) for camp, label in labels.items()},
        "ما وُجد من أقوال": table["camp"].value_counts().reindex(list(labels)),
        "ما رُمّز منها": coded["camp"].value_counts().reindex(list(labels)),
    }
).rename(index=labels)
from_right(names)

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# لو اكتفينا بالأسماء لما كادت أستانا تُرى في هذه المقالات، فقد كان اسمها يومئذ نور سلطان. أما بالأقوال فهي أكثر
# الثلاث كلاما.
#
# </div>

# %%
assert names["الاسم في النص"].idxmin() == labels["astana"]
assert names["ما رُمّز منها"].idxmax() == names["ما وُجد من أقوال"].idxmax() == labels["astana"]

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## الجدول
#
# كل صف من `table` قول منسوب واحد: من المتكلم (`source` بلفظ النص، و`speaker` و`camp` بعد ردّ اللفظ إلى صاحبه)، وبأي لفظ
# أُسند إليه، وماذا قال، والقاعدة التي عثرت عليه. و`share_by` تعدّ وتقدّر؛ وفترة الثقة تعدّ العيّنة وسائل كاملة، لا
# أقوالا متفرقة.
#
# </div>

# %%
shares = discourse.share_by(table, "camp")
arabic_columns = {
    "camp": "الطرف",
    "count": "الأقوال",
    "n_articles": "المقالات",
    "n_outlets": "الوسائل",
    "estimate": "الحصة",
    "ci_low": "أدنى الفترة",
    "ci_high": "أعلاها",
}
shown = shares[list(arabic_columns)].replace({"camp": words}).rename(columns=arabic_columns).set_index("الطرف")
from_right(shown.round(3))

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ولو حسبنا كل مقال سحبة مستقلة لبدت الفترات أدقّ مما هي:
#
# </div>

# %%
by_article = discourse.share_by(table, "camp", cluster="article_id")
width = pd.DataFrame(
    {
        "العيّنة وسائل": (shares["ci_high"] - shares["ci_low"]).to_numpy(),
        "العيّنة مقالات": (by_article["ci_high"] - by_article["ci_low"]).to_numpy(),
    },
    index=[words[camp] for camp in shares["camp"]],
)
assert (width["العيّنة مقالات"] < width["العيّنة وسائل"]).sum() >= 3
from_right(width.round(3))

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## الشكل
#
# العلامات مفرغة، وفي الحاشية أن الأرقام *غير مصحَّحة*: هذه تصنيفات الآلة، ولم يُستعن بترميز بشري لاستبعاد أخطائها.
#
# </div>

# %%
ax = discourse.plot_shares(shares, language="ar", labels=labels, title="كلام من تنقله المقالات؟")
[path.name for path in discourse.save_figure(ax, FIGURES / "01-ar-shares")]
# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ثم وسيلة وسيلة. الفترة هنا تخص *هذه* الوسيلة وحدها، والعيّنة مقالاتها. ومع مقالات قليلة كهذه تتّسع الفترة، وحُقّ لها أن
# تتّسع.
#
# </div>

# %%
by_outlet = discourse.share_by(table, "camp", within="outlet")
ax = discourse.plot_shares(by_outlet, language="ar", labels=labels, title="كلام من تنقله كل وسيلة؟")
[path.name for path in discourse.save_figure(ax, FIGURES / "01-ar-shares-by-outlet")]
# %%
difference = discourse.contrast(table, "camp", ("washington", "moscow")).set_index("measure").loc["difference"]
points, low, high = (f"{100 * difference[name]:+.0f}".replace("-", "−") for name in ("estimate", "ci_low", "ci_high"))
level = "95%"
sentence = (
    f"حصة واشنطن ناقص حصة موسكو: {points} نقطة مئوية؛ وفترة الثقة {level} من {low} إلى {high}؛ وعدد الوسائل "
    f"{difference['n_outlets']}."
)
HTML(f'<p dir="rtl" lang="ar">{discourse.isolate(sentence)}</p>')

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## ما تفعله أخطاء الطريقة بالجواب
#
# كل مقال هنا مرمَّز، فلنا هذه المرة أن نرى ما تخفيه عبارة «غير مصحَّح». إذا قورنت الطريقة بالترميز وُجد أنها تعطي أستانا
# أقل مما لها، و«الأطراف الأخرى» أكثر: فالمصدر الذي لا تعرف لمن هو لا تنسبه إلى أحد. ولا سبيل إلى هذه
# المقارنة في مقالات حقيقية إلا بترميز عيّنة منها.
#
# </div>

# %%
compared = pd.DataFrame(
    {
        "ما وُجد": table["camp"].value_counts(normalize=True),
        "ما رُمّز": coded["camp"].value_counts(normalize=True),
    }
).sort_index()
compared["الفرق"] = compared["ما وُجد"] - compared["ما رُمّز"]
assert compared.loc["other", "الفرق"] > 0 > compared.loc["astana", "الفرق"]
from_right(compared.rename(index=words).rename_axis(None).round(3))

# %%
accuracy = measure_accuracy(study.articles, study.gold, found)
measures = {
    "detected": "وُجد القول",
    "exact": "بحدوده",
    "voiced": "وطرفه صحيح",
    "sourced": "ومصدره صحيح",
    "typed": "ونوعه صحيح",
}
overall = accuracy[(accuracy["slice"] == "all") & (accuracy["measure"].isin(measures))]
overall = overall.pivot(index="measure", columns="statistic", values="value").loc[list(measures)].rename(index=measures)
overall = overall.rename(columns={"precision": "الدقة", "recall": "الاستيعاب", "f1": "مقياس F1"})
from_right(overall.rename_axis(index=None, columns=None).round(2))

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# *وُجد القول*: يتقاطع النصّان في النصف أو أكثر؛ *بحدوده*: في تسعة أعشار؛ وما بعدهما محسوب مما وُجد.
#
# ## ثلاثة أصابت فيها
#
# واحد لكل طرف: أول ما في المدوّنة من أقوال اتفق فيها النص والمصدر والنوع والطرف مع الترميز.
#
# </div>

# %%
articles = {article.id: article for article in study.articles}
pairs = [pair for _, pairs in pair_articles(study.articles, study.gold, found) for pair in pairs]


def in_context(row: dict, remark: str) -> str:
    """اعرض قولا في جُمله، وتحته ملاحظة."""
    return discourse.show_statement(
        articles[row["article_id"]], row, camps, language="ar", remark=discourse.isolate(remark)
    ).html


right = {}
for pair in pairs:
    if {"exact", "voiced", "sourced", "typed"} <= pair.holds and pair.predicted["source"]:
        right.setdefault(pair.predicted["camp"], pair.predicted)
cases = [
    in_context(row, f"المتكلم {words[camp]}. المقال: {row['article_id']}. القاعدة: {row['rule']}.")
    for camp, row in ((camp, right[camp]) for camp in labels)
]
HTML("".join(cases))

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## ثلاثة أخطأت فيها
#
# الأول من كل نوع من الخطأ يمسّ أحد الأطراف: قول وُجد ونُسب إلى غير صاحبه، وقول فات الطريقة (يُعرض كما رُمّز، إذ لا قاعدة له)،
# وقول لا وجود له في الترميز.
#
# </div>

# %%
given_wrongly = next(p for p in pairs if "detected" in p.holds and "voiced" not in p.holds and p.gold["camp"] in labels)
missed = next(p for p in pairs if p.predicted is None and p.gold["camp"] in labels)
invented = next(p for p in pairs if p.gold is None and p.predicted["camp"] in labels)
one, other = given_wrongly.predicted, invented.predicted
display(
    HTML(
        in_context(
            one,
            f"نُسب إلى {words[one['camp']]}، وهو في الترميز من كلام {words[given_wrongly.gold['camp']]}. "
            f"المقال: {one['article_id']}. القاعدة: {one['rule']}.",
        )
        + in_context(
            missed.gold,
            f"فات الطريقة، وهو في الترميز من كلام {words[missed.gold['camp']]}. المقال: {missed.gold['article_id']}.",
        )
        + in_context(
            other,
            f"نُسب إلى {words[other['camp']]}، وليس في الترميز. المقال: {other['article_id']}. القاعدة: {other['rule']}.",
        )
    )
)

# %% [markdown]
# <div dir="rtl" lang="ar">
#
# ## ما لا يدل عليه هذا
#
# - لا شيء عن وسائل حقيقية، فالنصوص مصطنعة.
# - ولا مقدار المساحة المتاحة للصوت، فالقول من ثلاث كلمات كالقول من ثلاثين.
# - ولا من كان *يمكن* أن يُنقل كلامه، فالحصة لا تخبر عن أصوات لم تحملها أي وسيلة.
# - ولا حصصا مصحَّحة؛ والدقة على نص مصطنع تجامل، فهو أرتب من الأخبار.
# - ولا اتفاقا بين مرمِّزين من البشر، فلم يرمّز هذه المقالات بشر.
#
# ## تمرين
#
# كُتبت إحدى الوسائل لتحمل صوت موسكو. ما حصة موسكو من الأقوال *المرمَّزة* في `difaf`، وما حصتها في `ufuq`؟ احسبهما من `coded`،
# وضعهما أدناه، ثم شغّل الخلية: فهي تقابلهما بتصميم المدوّنة، حيث دُوّنت الأعداد كما وُضعت.
#
# </div>

# %%
answer = {"difaf": None, "ufuq": None}  # الحصة بين الصفر والواحد

design = {item["id"]: item for item in yaml.safe_load((STUDY / "design.yml").read_text(encoding="utf-8"))["design"]}
for outlet, (count, n) in design["moscow-voice"]["counted"].items():
    given = answer[outlet]
    print(outlet, "لا جواب بعد" if given is None else "صحيح" if abs(given - count / n) < 0.005 else "ليس صحيحا بعد")
