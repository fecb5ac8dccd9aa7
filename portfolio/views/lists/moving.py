"""Moving projects on the working order."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django_htmx.http import replace_url, trigger_client_event

from portfolio import ranking
from portfolio.access import SignedInRequest, requires, with_project
from portfolio.forms.lists import MoveForm
from portfolio.line_facts import standing
from portfolio.models import Project
from portfolio.roles import Permission
from portfolio.views.lists.showing import PER_PAGE, SHOWN, Wanted, address, list_page


@require_POST
@with_project(Permission.RANK)
def move(request: SignedInRequest, project: Project) -> HttpResponse:
    """Move one project; the answer is the page of the list on which it now stands."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _mistyped(request, project, form)
    seen = {name: form.cleaned_data[name] for name in ("seen", "mark", "reason")}
    try:
        done = ranking.move(project, to=form.to, by=request.user, **seen)
    except ranking.ReasonNeeded as needed:
        return _ask_why(request, project, form, needed.messages[0])
    except ranking.Stale as stale:
        return _refused(request, project, stale.messages[0], status=409)
    except ValidationError as refusal:
        return _refused(request, project, refusal.messages[0], status=422)
    return _moved(request, done)


@require_POST
@requires(Permission.RANK)
def undo(request: SignedInRequest) -> HttpResponse:
    """Take back one's own last move, while nothing else changed on the list."""
    try:
        done = ranking.undo(by=request.user, seen=request.POST.get("seen", ""))
    except ranking.Stale as stale:
        return _refused(request, None, stale.messages[0], status=409)
    except ValidationError as refusal:
        return _refused(request, None, refusal.messages[0], status=422)
    return _moved(request, done)


def _moved(request: SignedInRequest, done: ranking.Move) -> HttpResponse:
    """Show the page on which the project now stands."""
    below = _shows_below(request)
    here = address(rank=done.after, project=done.project.pk, below=below)
    if not request.htmx:
        messages.success(request, done.sentence)
        return redirect(here)
    wanted = Wanted((done.after - 1) // PER_PAGE + 1, done.project.pk, below)
    answer = trigger_client_event(
        list_page(request, wanted), "announce", {"sentence": done.sentence}
    )
    return replace_url(answer, here)


def _mistyped(request: SignedInRequest, project: Project, form: MoveForm) -> HttpResponse:
    """Ask again for the reason where only that is wrong; otherwise say what is."""
    if set(form.errors) == {"reason"}:
        return _ask_why(request, project, form, f"Say why {project.title} moves.")
    sentence = next(iter(form.errors.as_data().values()))[0].messages[0]
    return _refused(request, project, sentence, status=422)


def _ask_why(
    request: SignedInRequest, project: Project, form: MoveForm, question: str
) -> HttpResponse:
    """Ask for the reason of a move, with everything that was chosen kept."""
    if "reason" in request.POST and not form.has_error("reason"):
        form.add_error("reason", "Say in a few words why it moves.")
    form.fields["reason"].required = True
    why = {"project": project, "form": form, "question": question, "here": _here(request, project)}
    return list_page(request, _around(request, project), status=422, why=why)


def _refused(
    request: SignedInRequest, project: Project | None, sentence: str, *, status: int
) -> HttpResponse:
    """Answer with the list as it is now and the reason nothing moved."""
    return list_page(request, _around(request, project), status=status, refusal=sentence)


def _rank(request: SignedInRequest, project: Project | None) -> int:
    ranks = standing(request.city.today()).ranks
    return ranks.get(project.pk, 1) if project else 1


def _around(request: SignedInRequest, project: Project | None) -> Wanted:
    """Return the part of the list in which the project stands."""
    rank = _rank(request, project)
    is_below = rank > standing(request.city.today()).walk.fold
    return Wanted((rank - 1) // PER_PAGE + 1, below=is_below or _shows_below(request))


def _shows_below(request: SignedInRequest) -> bool:
    return request.GET.get("below") == SHOWN


def _here(request: SignedInRequest, project: Project) -> str:
    rank = _rank(request, project)
    return address(rank=rank, project=project.pk, below=_shows_below(request))
