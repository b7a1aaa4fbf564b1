"""Readers of public labelled sets, on files of their form with constructed rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from discourse.labelled import LabelledError, read_labelled


def written(path: Path, *lines: str) -> Path:
    path.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_class_none_of_mawqif_is_no_gap(tmp_path: Path) -> None:
    rows = read_labelled(
        written(tmp_path / "m.csv", "ID,text,target,stance", '1,"نعم، للعمل",Work,Favor', "2,طقس جميل,Work,None"),
        "mawqif",
    )
    assert rows["label"].tolist() == ["Favor", "None"]
    assert rows["group"].tolist() == ["نعم، للعمل", "طقس جميل"]


def test_pairs_of_ans_are_grouped_by_title(tmp_path: Path) -> None:
    rows = read_labelled(written(tmp_path / "a.csv", "s1,s2,stance", "عنوان,خبر,agree", "عنوان,نفي,disagree"), "ans")
    assert rows[["label", "group"]].to_numpy().tolist() == [["agree", "عنوان"], ["disagree", "عنوان"]]


def test_sentences_of_checkthat_are_grouped_by_article_and_keep_single_quotation_marks(tmp_path: Path) -> None:
    path = written(
        tmp_path / "c.tsv", "sentence_id\tsentence\tlabel", 'A_1_10\tقال "نعم\tOBJ', "A_1_11\tيا للأسف\tSUBJ"
    )
    rows = read_labelled(path, "checkthat")
    assert rows["group"].tolist() == ["A_1", "A_1"]
    assert rows["sentence"].tolist() == ['قال "نعم', "يا للأسف"]


def test_faults_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "m.csv", "text,target", "نعم,Work")
    with pytest.raises(LabelledError, match="m.csv is no file of mawqif: it has no column 'stance'."):
        read_labelled(path, "mawqif")
    with pytest.raises(LabelledError, match="Unknown set 'other'. Sets: mawqif, ans, checkthat."):
        read_labelled(path, "other")  # type: ignore[arg-type]
    path = written(tmp_path / "a.csv", "s1,s2,stance", "أ,ب,agree", "ج,د,")
    with pytest.raises(LabelledError, match="a.csv has no label in 1 of 2 rows, first row 1."):
        read_labelled(path, "ans")
