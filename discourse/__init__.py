"""Who is quoted in Arabic news, saying what, and how; with estimates and figures that hold."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public names and the modules that hold them, loaded when first used so that `import discourse` stays quick.
_PUBLIC = {
    "analyse": "analysis",
    "Article": "corpus",
    "Corpus": "corpus",
    "CorpusError": "corpus",
    "read_corpus": "corpus",
    "read_study": "corpus",
    "split_jsonl": "corpus",
    "stream_articles": "corpus",
    "Attribution": "attribution",
    "find_attributions": "attribution",
    "explain": "explanation",
    "ExplanationError": "explanation",
    "LanguageError": "languages",
    "LexiconError": "datafiles",
    "load_language": "lexicon",
    "Camps": "speakers",
    "CampsError": "speakers",
    "read_camps": "speakers",
    "resolve_speakers": "speakers",
    "Span": "text",
    "fold": "text",
    "articles_from_table": "tables",
    "articles_table": "tables",
    "attributions_table": "tables",
    "read_table": "tables",
    "write_table": "tables",
    "redact": "tables",
    "restore_texts": "tables",
    "score_engagement": "engagement",
    "score_sentiment": "sentiment",
    "score_wording": "wording",
    "find_names": "names",
    "BackendError": "camel",
    "CamelDataError": "camel",
    "scale_by_seeds": "seeds",
    "words_on_axis": "seeds",
    "load_seeds": "seeds",
    "read_seeds": "seeds",
    "SeedError": "seeds",
    "engagement_shares": "readings",
    "score_frames": "framing",
    "find_frames": "framing",
    "frame_report": "framing",
    "load_frames": "framing",
    "read_frames": "framing",
    "score_stance": "stance",
    "score_side": "stance",
    "find_stances": "stance",
    "StanceError": "stance",
    "share_by": "estimates",
    "mean_by": "estimates",
    "InterchangeError": "marks",
    "read_annotations": "interchange",
    "write_annotations": "interchange",
    "count_statements": "republished",
    "find_republished": "republished",
    "contrast": "estimates",
    "rows_behind": "estimates",
    "correct": "correction",
    "correct_contrast": "correction",
    "correct_regression": "correction",
    "agreement": "reliability",
    "confusion": "reliability",
    "agree_on_attributions": "scoring",
    "fragility": "robustness",
    "rows_of_variant": "robustness",
    "mentions_behind": "silence",
    "mentions_without_voice": "silence",
    "keyness": "keyness",
    "permutation_test": "permutation",
    "adjust": "permutation",
    "link_utterances": "utterances",
    "contrast_verbs": "utterances",
    "train_classifier": "learning",
    "load_classifier": "learning",
    "Classifier": "learning",
    "LearningError": "learning",
    "read_labelled": "labelled",
    "LabelledError": "labelled",
    "EstimateError": "clusters",
    "plot_verb_contrast": "plots",
    "plot_shares": "plots",
    "plot_sentiment": "plots",
    "plot_engagement": "plots",
    "relays_by": "relays",
    "plot_stance": "maps",
    "plot_relays": "maps",
    "plot_relay_network": "maps",
    "plot_frames": "courses",
    "plot_timeline": "courses",
    "plot_distribution": "courses",
    "plot_fragility": "contrasts",
    "plot_keyness": "contrasts",
    "save_figure": "canvas",
    "figure_data": "canvas",
    "Receipt": "receipts",
    "ReceiptError": "receipts",
    "read_receipt": "receipts",
    "verify_figures": "verification",
    "validity_of": "validity",
    "write_report": "report",
    "show_article": "display",
    "show_statement": "display",
    "CodingError": "coding",
    "add_codes": "coding",
    "codebook_text": "coding",
    "codes_by_coder": "coding",
    "decision": "coding",
    "draw_sample": "coding",
    "plan_coding": "coding",
    "read_codebook": "coding",
    "read_coding": "coding",
    "write_sheet": "coding",
    "review": "reviewing",
    "EvidenceError": "evidence",
    "concordance": "evidence",
    "show_evidence": "evidence",
    "BidiError": "bidi",
    "process_corpus": "scale",
    "Processed": "scale",
    "analyse_partition": "partition",
    "ArticleSkipped": "partition",
    "read_manifest": "store",
    "read_rows": "store",
    "read_counts": "store",
    "StoreError": "store",
    "count_rows": "summaries",
    "merge_counts": "summaries",
    "spread_labels": "summaries",
    "isolate": "bidi",
    "lint_bidi": "bidi",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from discourse.analysis import analyse as analyse
    from discourse.attribution import Attribution as Attribution
    from discourse.attribution import find_attributions as find_attributions
    from discourse.bidi import BidiError as BidiError
    from discourse.bidi import isolate as isolate
    from discourse.bidi import lint_bidi as lint_bidi
    from discourse.camel import BackendError as BackendError
    from discourse.camel import CamelDataError as CamelDataError
    from discourse.canvas import figure_data as figure_data
    from discourse.canvas import save_figure as save_figure
    from discourse.clusters import EstimateError as EstimateError
    from discourse.coding import CodingError as CodingError
    from discourse.coding import add_codes as add_codes
    from discourse.coding import codebook_text as codebook_text
    from discourse.coding import codes_by_coder as codes_by_coder
    from discourse.coding import decision as decision
    from discourse.coding import draw_sample as draw_sample
    from discourse.coding import plan_coding as plan_coding
    from discourse.coding import read_codebook as read_codebook
    from discourse.coding import read_coding as read_coding
    from discourse.coding import write_sheet as write_sheet
    from discourse.contrasts import plot_fragility as plot_fragility
    from discourse.contrasts import plot_keyness as plot_keyness
    from discourse.corpus import Article as Article
    from discourse.corpus import Corpus as Corpus
    from discourse.corpus import CorpusError as CorpusError
    from discourse.corpus import read_corpus as read_corpus
    from discourse.corpus import read_study as read_study
    from discourse.corpus import split_jsonl as split_jsonl
    from discourse.corpus import stream_articles as stream_articles
    from discourse.correction import correct as correct
    from discourse.correction import correct_contrast as correct_contrast
    from discourse.correction import correct_regression as correct_regression
    from discourse.courses import plot_distribution as plot_distribution
    from discourse.courses import plot_frames as plot_frames
    from discourse.courses import plot_timeline as plot_timeline
    from discourse.datafiles import LexiconError as LexiconError
    from discourse.display import show_article as show_article
    from discourse.display import show_statement as show_statement
    from discourse.engagement import score_engagement as score_engagement
    from discourse.estimates import contrast as contrast
    from discourse.estimates import mean_by as mean_by
    from discourse.estimates import rows_behind as rows_behind
    from discourse.estimates import share_by as share_by
    from discourse.evidence import EvidenceError as EvidenceError
    from discourse.evidence import concordance as concordance
    from discourse.evidence import show_evidence as show_evidence
    from discourse.explanation import ExplanationError as ExplanationError
    from discourse.explanation import explain as explain
    from discourse.framing import find_frames as find_frames
    from discourse.framing import frame_report as frame_report
    from discourse.framing import load_frames as load_frames
    from discourse.framing import read_frames as read_frames
    from discourse.framing import score_frames as score_frames
    from discourse.interchange import read_annotations as read_annotations
    from discourse.interchange import write_annotations as write_annotations
    from discourse.keyness import keyness as keyness
    from discourse.labelled import LabelledError as LabelledError
    from discourse.labelled import read_labelled as read_labelled
    from discourse.languages import LanguageError as LanguageError
    from discourse.learning import Classifier as Classifier
    from discourse.learning import LearningError as LearningError
    from discourse.learning import load_classifier as load_classifier
    from discourse.learning import train_classifier as train_classifier
    from discourse.lexicon import load_language as load_language
    from discourse.maps import plot_relay_network as plot_relay_network
    from discourse.maps import plot_relays as plot_relays
    from discourse.maps import plot_stance as plot_stance
    from discourse.marks import InterchangeError as InterchangeError
    from discourse.names import find_names as find_names
    from discourse.partition import ArticleSkipped as ArticleSkipped
    from discourse.partition import analyse_partition as analyse_partition
    from discourse.permutation import adjust as adjust
    from discourse.permutation import permutation_test as permutation_test
    from discourse.plots import plot_engagement as plot_engagement
    from discourse.plots import plot_sentiment as plot_sentiment
    from discourse.plots import plot_shares as plot_shares
    from discourse.plots import plot_verb_contrast as plot_verb_contrast
    from discourse.readings import engagement_shares as engagement_shares
    from discourse.receipts import Receipt as Receipt
    from discourse.receipts import ReceiptError as ReceiptError
    from discourse.receipts import read_receipt as read_receipt
    from discourse.relays import relays_by as relays_by
    from discourse.reliability import agreement as agreement
    from discourse.reliability import confusion as confusion
    from discourse.report import write_report as write_report
    from discourse.republished import count_statements as count_statements
    from discourse.republished import find_republished as find_republished
    from discourse.reviewing import review as review
    from discourse.robustness import fragility as fragility
    from discourse.robustness import rows_of_variant as rows_of_variant
    from discourse.scale import Processed as Processed
    from discourse.scale import process_corpus as process_corpus
    from discourse.scoring import agree_on_attributions as agree_on_attributions
    from discourse.seeds import SeedError as SeedError
    from discourse.seeds import load_seeds as load_seeds
    from discourse.seeds import read_seeds as read_seeds
    from discourse.seeds import scale_by_seeds as scale_by_seeds
    from discourse.seeds import words_on_axis as words_on_axis
    from discourse.sentiment import score_sentiment as score_sentiment
    from discourse.silence import mentions_behind as mentions_behind
    from discourse.silence import mentions_without_voice as mentions_without_voice
    from discourse.speakers import Camps as Camps
    from discourse.speakers import CampsError as CampsError
    from discourse.speakers import read_camps as read_camps
    from discourse.speakers import resolve_speakers as resolve_speakers
    from discourse.stance import StanceError as StanceError
    from discourse.stance import find_stances as find_stances
    from discourse.stance import score_side as score_side
    from discourse.stance import score_stance as score_stance
    from discourse.store import StoreError as StoreError
    from discourse.store import read_counts as read_counts
    from discourse.store import read_manifest as read_manifest
    from discourse.store import read_rows as read_rows
    from discourse.summaries import count_rows as count_rows
    from discourse.summaries import merge_counts as merge_counts
    from discourse.summaries import spread_labels as spread_labels
    from discourse.tables import articles_from_table as articles_from_table
    from discourse.tables import articles_table as articles_table
    from discourse.tables import attributions_table as attributions_table
    from discourse.tables import read_table as read_table
    from discourse.tables import redact as redact
    from discourse.tables import restore_texts as restore_texts
    from discourse.tables import write_table as write_table
    from discourse.text import Span as Span
    from discourse.text import fold as fold
    from discourse.utterances import contrast_verbs as contrast_verbs
    from discourse.utterances import link_utterances as link_utterances
    from discourse.validity import validity_of as validity_of
    from discourse.verification import verify_figures as verify_figures
    from discourse.wording import score_wording as score_wording


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'discourse' has no attribute {name!r}")
    value = getattr(import_module(f"discourse.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_PUBLIC)
