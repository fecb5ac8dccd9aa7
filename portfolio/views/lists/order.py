"""The one list: the working order, page by page, and what is put on it and taken off it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portfolio import ranking
from portfolio.access import SignedInRequest, requires, with_project
from portfolio.forms.list_reading import ReadingForm
from portfolio.forms.numbers import whole
from portfolio.models import Project, WorkingPosition
from portfolio.roles import Permission
from portfolio.views.lists.showing import PER_PAGE, SHOWN, Wanted, list_page


@require_safe
@requires(Permission.READ_LIST)
def priority_list(request: SignedInRequest) -> HttpResponse:
    """The working order with its lines, page by page; or what fits a filter."""
    asked = request.GET
    wanted = Wanted(asked.get("page"), whole(asked.get("moved", "")), asked.get("below") == SHOWN)
    return list_page(request, wanted, form=ReadingForm(asked))


@require_http_methods(["GET", "POST"])
@requires(Permission.RANK)
def add(request: SignedInRequest) -> HttpResponse:
    """Choose projects that are not on the working order, and put them at its end."""
    waiting = Project.objects.select_related("department", "budget").filter(
        working_position__isnull=True, stage=Project.Stage.CONCEPT
    )
    text = request.GET.get("q", "").replace("\0", "").strip()
    if text:
        waiting = waiting.filter(title__icontains=text)
    page = Paginator(waiting.order_by("title", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "GET":
        return render(request, "portfolio/list/add.html", {"page": page, "q": text})
    keys = [key for key in request.POST.getlist("project") if whole(key) is not None]
    chosen = list(waiting.filter(pk__in=keys).order_by("title"))
    try:
        ranking.add_all(chosen, by=request.user)
    except ValidationError as refusal:
        context = {"page": page, "q": text, "errors": [{"sentence": refusal.messages[0]}]}
        return render(request, "portfolio/list/add.html", context, status=422)
    messages.success(request, f"{len(chosen)} put at the end of the list.")
    last = (WorkingPosition.objects.count() - 1) // PER_PAGE + 1
    return redirect(f"{reverse('priority_list')}?page={last}")


@require_POST
@with_project(Permission.RANK)
def remove(request: SignedInRequest, project: Project) -> HttpResponse:
    """Take a project off the working order."""
    try:
        ranking.remove(project, by=request.user)
        messages.success(request, f"{project} is off the working order. Adopted lists keep it.")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("priority_list")
