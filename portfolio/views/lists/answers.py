"""The score of one project: the department answers, the manager corrects with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from budgets.ledger import Stale
from portfolio import scoring
from portfolio.access import SignedInRequest, may, with_project
from portfolio.forms.scoring import AnswersForm, CorrectionForm
from portfolio.models import Project, ProjectScore
from portfolio.roles import Permission, refusal
from portfolio.scoring import Question


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.READ_PROJECTS)
def answers(request: SignedInRequest, project: Project) -> HttpResponse:
    """Every question with its answer and its correction; the department's head answers here."""
    asked = scoring.questions(project)
    if request.method != "POST":
        return _page(request, project, AnswersForm(asked=asked))
    if not may(request.user, Permission.ANSWER_CRITERIA, project):
        raise PermissionDenied(refusal(Permission.ANSWER_CRITERIA))
    form = AnswersForm(request.POST, asked=asked)
    if not form.is_valid():
        return _page(request, project, form, status=422)
    try:
        number = scoring.answer(
            project, values=form.values, seen=form.cleaned_data["seen"], by=request.user
        )
    except Stale as stale:
        return _overtaken(request, project, stale)
    except ValidationError as refused:
        form.add_error(None, refused)
        return _page(request, project, form, status=422)
    messages.success(request, _saved(number, scoring.questions(project)))
    return redirect("project_score", project.pk)


def _saved(number: int, asked: list[Question]) -> str:
    """Say what was saved, and how much is left."""
    left = sum(one.answer is None for one in asked)
    done = f"{number} answer{'' if number == 1 else 's'} saved." if number else "Nothing changed."
    if not left:
        return f"{done} Every criterion is answered."
    return f"{done} {left} of {len(asked)} still to answer."


def _overtaken(request: SignedInRequest, project: Project, stale: Stale) -> HttpResponse:
    """Show the answers as they are now, with what was chosen still chosen."""
    asked = scoring.questions(project)
    data = request.POST.copy()
    data["seen"] = scoring.mark(asked)
    form = AnswersForm(data, asked=asked)
    return _page(request, project, form, status=409, stale=stale.messages[0])


def _page(
    request: SignedInRequest,
    project: Project,
    form: AnswersForm,
    *,
    status: int = 200,
    stale: str = "",
) -> HttpResponse:
    runs = project.stage not in scoring.NEVER_SCORED
    context = {
        "project": project,
        "form": form,
        "stale": stale,
        "score": ProjectScore.objects.filter(project=project).first(),
        "asked": len(form.asked),
        "answered": sum(one.answer is not None for one in form.asked),
        "may_answer": runs and may(request.user, Permission.ANSWER_CRITERIA, project),
        "may_correct": runs and may(request.user, Permission.CORRECT_ANSWERS, project),
        "may_read_list": request.user.has_perm(Permission.READ_LIST),
    }
    return render(request, "portfolio/scores/answers.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_project(Permission.CORRECT_ANSWERS)
def correct(request: SignedInRequest, project: Project, criterion: int) -> HttpResponse:
    """Let another answer count than the department's, with a reason."""
    question, mark = _load(project, criterion)
    if request.method != "POST":
        form = CorrectionForm(question=question, mark=mark)
        return _correction(request, project, question, form)
    form = CorrectionForm(request.POST, question=question, mark=mark)
    if not form.is_valid():
        return _correction(request, project, question, form, status=422)
    try:
        scoring.correct(project, criterion=criterion, by=request.user, **form.cleaned_data)
    except Stale as stale:
        data = request.POST.copy()
        data["seen"] = mark
        form = CorrectionForm(data, question=question, mark=mark)
        return _correction(request, project, question, form, status=409, stale=stale.messages[0])
    except ValidationError as refused:
        form.add_error(None, refused)
        return _correction(request, project, question, form, status=422)
    messages.success(request, f"{question.criterion}: the answer is corrected.")
    return redirect("project_score", project.pk)


def _load(project: Project, criterion: int) -> tuple[Question, str]:
    """Return the answered question, and the mark of all; Http404 where there is no answer."""
    asked = scoring.questions(project)
    for one in asked:
        if one.criterion.pk == criterion and one.answer is not None:
            return one, scoring.mark(asked)
    raise Http404("This criterion is not answered for the project.")


def _correction(
    request: SignedInRequest,
    project: Project,
    question: Question,
    form: CorrectionForm,
    *,
    status: int = 200,
    stale: str = "",
) -> HttpResponse:
    context = {"project": project, "question": question, "form": form, "stale": stale}
    return render(request, "portfolio/scores/correct.html", context, status=status)
