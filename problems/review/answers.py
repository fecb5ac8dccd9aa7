"""What an author answers: why words stay that the wording check found, and to a reviewer's reasons.

An answer changes until the statement is sent, then never. Answers are read beside the statement and
do not raise its revision: whoever writes over an answer must have seen it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from problems.advice import LINTED_FIELDS, Advice, Check, why_no_reason
from problems.marks import Stale
from problems.models import FindingAnswer, Problem, ReasonAnswer, Review, ReviewReason
from problems.plain_text import plain

LONGEST_QUOTE = 2000
LONGEST_ANSWER = 2000


class Asked(NamedTuple):
    """One reason for which a statement came back, and what its author answers to it.

    An answer that was sent is final. `typed` is what stands in its place on a page that was
    sent, or None. Prints as the reason.
    """

    reason: ReviewReason
    answer: str
    is_final: bool = False
    typed: str | None = None

    def __str__(self) -> str:
        return self.reason.reason

    @property
    def field(self) -> str:
        """The field or part that it is about; "" for the whole statement."""
        return self.reason.field

    @property
    def control(self) -> str:
        """The name of the control in which the answer is typed."""
        return f"answer-{self.reason.pk}"

    @property
    def shown_answer(self) -> str:
        """What stands in that control."""
        return self.answer if self.typed is None else self.typed

    @property
    def error(self) -> str:
        """Why what was typed cannot be kept, in a sentence; "" when it can."""
        return "" if self.typed in {None, self.answer} else why_no_answer(self.typed, self.answer)


def why_no_answer(typed: str | None, kept: str = "") -> str:
    """Return in a sentence why `typed` cannot take the place of `kept`; "" when it can."""
    if not (typed or "").strip():
        return "Your answer cannot be taken back. Write another one." if kept else ""
    if "\0" in (typed or ""):
        return "Type your answer again: it holds a sign that cannot be kept."
    if len(typed or "") > LONGEST_ANSWER:
        return (
            f"Shorten your answer: at most {LONGEST_ANSWER:,} characters fit, and there are "
            f"{len(typed or ''):,}."
        )
    return ""


def open_reasons(problem: Problem, *, typed: Mapping[str, Any] | None = None) -> list[Asked]:
    """Return what the last reviewer of `problem` asked for, while its words can be changed.

    `typed` is what a page sent: answers in it stand on the page again.
    """
    last = Review.objects.filter(problem=problem).first() if problem.can_be_written else None
    if last is None or last.decision != Review.Decision.RETURNED:
        return []
    sent = problem.submissions.values_list("at", flat=True).first()
    return [_asked(reason, sent, typed or {}) for reason in last.reasons.select_related("answer")]


def asked_for(reason: ReviewReason) -> Asked:
    """Return a reason with the answer to it, as somebody reads it who does not write it."""
    kept = getattr(reason, "answer", None)
    return Asked(reason, kept.answer if kept else "", is_final=True)


def _asked(reason: ReviewReason, sent: datetime | None, typed: Mapping[str, Any]) -> Asked:
    kept = getattr(reason, "answer", None)
    is_final = bool(kept and sent and kept.at < sent)
    asked = Asked(reason, kept.answer if kept else "", is_final)
    return asked if is_final else asked._replace(typed=_plain(typed, asked.control))


def _plain(typed: Mapping[str, Any], name: str) -> str | None:
    """Return what was typed, as it is kept; None when the page did not ask."""
    text = typed.get(name)
    return None if text is None else plain(str(text))


def _claim(problem: Problem) -> Problem:
    """Lock `problem` for its answers. Raises ValidationError once it was sent."""
    current = Problem.objects.select_for_update(no_key=True).get(pk=problem.pk)
    if not current.can_be_written:
        raise ValidationError(
            f"This problem is {current.get_state_display().lower()}. Its answers stay as they are."
        )
    return current


def _check_seen(kept: str, seen: str | None, typed: str) -> None:
    if seen is not None and kept not in {seen, typed}:
        raise Stale(f"Somebody answered meanwhile: “{kept}”. Read it, then change it if need be.")


def answer_finding(
    problem: Problem, *, field: str, quote: str, reason: str, by: Any, seen: str | None = None
) -> FindingAnswer:
    """Keep why the words `quote` stay in `field` of `problem`, in place of an earlier reason.

    Raises ValidationError for no reason at all, for words that are too long and for a statement
    that was sent; Stale when there is another reason by now than the one `seen` (None: any).
    """
    reason = reason.strip()
    if field not in LINTED_FIELDS or not quote:
        raise ValidationError("Name the words that stay, and their field.")
    if len(quote) > LONGEST_QUOTE:
        raise ValidationError("Shorten these words before you say why they stay.")
    refusal = why_no_reason(reason, quote)
    if refusal:
        raise ValidationError(refusal)
    with by.changing():
        current = _claim(problem)
        kept = current.finding_answers.filter(field=field, quote=quote).first()
        _check_seen(kept.reason if kept else "", seen, reason)
        answer = kept or FindingAnswer(problem=current, field=field, quote=quote)
        answer.reason, answer.by = reason, by
        answer.save()
    return answer


def withdraw(problem: Problem, *, field: str, quote: str, by: Any, seen: str | None = None) -> None:
    """Take back why the words stay. Raises as `answer_finding` does; without a reason, nothing."""
    with by.changing():
        current = _claim(problem)
        for kept in current.finding_answers.filter(field=field, quote=quote):
            _check_seen(kept.reason, seen, "")
            kept.delete()


def answer_reason(
    reason: ReviewReason, *, answer: str, by: Any, seen: str | None = None
) -> ReasonAnswer:
    """Answer a reason for which a statement came back, in place of an earlier answer.

    Raises ValidationError without words, once the statement was sent again and for the reasons of
    an earlier review; Stale when there is another answer by now than the one `seen` (None: any).
    """
    answer = answer.strip()
    refusal = why_no_answer(answer) or ("" if answer else "Write what you answer.")
    if refusal:
        raise ValidationError(refusal)
    with by.changing():
        current = _claim(reason.review.problem)
        if current.reviews.filter(pk__gt=reason.review_id).exists():
            raise ValidationError("The problem was decided on again since. Open the page again.")
        kept = ReasonAnswer.objects.filter(reason=reason).first()
        _check_seen(kept.answer if kept else "", seen, answer)
        if kept and current.submissions.filter(at__gt=kept.at).exists():
            raise ValidationError("The reviewer has this answer already: it stays as it is.")
        given = kept or ReasonAnswer(reason=reason)
        given.answer, given.by = answer, by
        given.save()
    return given


def save_typed(
    problem: Problem,
    typed: Mapping[str, Any],
    *,
    by: Any,
    found: list[Advice] | None = None,
) -> int:
    """Keep what a page sent as answers: `found` are the findings it showed (None: all as saved).

    A reason that was emptied is taken back. Returns how many answers were written. Raises
    ValidationError as the functions above do; then none is written.
    """
    findings = Check(problem, typed).on_problem() if found is None else found
    with by.changing():
        return sum(_keep(problem, item, typed, by) for item in findings) + sum(
            _reply(asked, typed, by) for asked in _replied(problem, typed)
        )


def _keep(problem: Problem, item: Advice, typed: Mapping[str, Any], by: Any) -> bool:
    reason = _plain(typed, item.control) if item.is_answerable else None
    if reason is None or reason.strip() == item.answer:
        return False
    seen = _plain(typed, f"{item.control}-seen")
    where: dict[str, Any] = {"field": item.field, "quote": item.quote, "by": by, "seen": seen}
    if reason.strip():
        answer_finding(problem, reason=reason, **where)
    else:
        withdraw(problem, **where)
    return True


def _replied(problem: Problem, typed: Mapping[str, Any]) -> Iterator[Asked]:
    if any(name.startswith("answer-") for name in typed):
        for asked in open_reasons(problem, typed=typed):
            if asked.typed is not None and asked.typed.strip() != asked.answer:
                yield asked


def _reply(asked: Asked, typed: Mapping[str, Any], by: Any) -> bool:
    refusal = why_no_answer(asked.typed, asked.answer)
    if refusal:
        raise ValidationError(refusal)
    seen = _plain(typed, f"{asked.control}-seen")
    answer_reason(asked.reason, answer=asked.typed or "", by=by, seen=seen)
    return True
