"""The words of the wording check: the city's own, those that come with it, and a text to try."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from problems import city_words, marks, word_lists
from problems.access import DECLARE, READ, SET_POLICY, SignedInRequest, requires
from problems.advice import Check
from problems.forms.settings import BuiltInFilter, OwnFilter, TryForm, WordForm
from problems.marks import Stale
from problems.models import CityWord
from problems.views.settings import compared

PER_PAGE = 50
BUILT_IN_PER_PAGE = 10


@require_safe
@requires(READ, SET_POLICY, DECLARE)
def index(request: SignedInRequest) -> HttpResponse:
    """The city's own words, and a text to try."""
    return _index_page(request, TryForm())


@require_POST
@requires(READ, SET_POLICY, DECLARE)
def try_text(request: SignedInRequest) -> HttpResponse:
    """Show what the check finds in a text, with the city's words in force."""
    form = TryForm(request.POST)
    if not form.is_valid():
        return _index_page(request, form, status=422)
    text = form.cleaned_data["text"]
    found = {"tried": text, "advice": Check().on_text("statement", text)}
    if request.htmx:
        context = {"text": text, "advice": found["advice"]}
        return render(request, "problems/wording/advice.html", context)
    return _index_page(request, form, **found)


def _index_page(request: SignedInRequest, form: TryForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    narrowing = OwnFilter(request.GET)
    own = narrowing.narrow(CityWord.objects.all())
    context = {
        "form": form,
        "filter": narrowing,
        "page": Paginator(own, PER_PAGE).get_page(request.GET.get("page")),
        "is_narrowed": narrowing.is_narrow,
        "may_set": request.user.has_perm(SET_POLICY),
        **more,
    }
    return render(request, "problems/settings/words.html", context, status=status)


@require_safe
@requires(READ, SET_POLICY, DECLARE)
def built_in(request: SignedInRequest) -> HttpResponse:
    """The words that come with the check, with reason and example, to search."""
    narrowing = BuiltInFilter(request.GET)
    found = word_lists.matching(**narrowing.asked())
    context = {
        "filter": narrowing,
        "page": Paginator(found, BUILT_IN_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "problems/settings/built_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_POLICY)
def add(request: SignedInRequest) -> HttpResponse:
    """Add words of the city's."""
    form = WordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            word = city_words.add(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"“{word}” counts from now on.")
            return redirect("problems:words")
    status = 422 if form.is_bound else 200
    return render(request, "problems/settings/word.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_POLICY)
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change words of the city's."""
    word = get_object_or_404(CityWord, pk=pk)
    if request.method != "POST":
        shown = {name: getattr(word, name) for name in city_words.FIELDS}
        return _word_page(request, word, WordForm(initial=shown))
    form = WordForm(request.POST)
    if not form.is_valid():
        return _word_page(request, word, form, status=422)
    seen = request.POST.get("seen", "")
    try:
        city_words.change(word, **form.cleaned_data, seen=seen, by=request.user)
    except Stale as stale:
        word.refresh_from_db()
        return _word_page(request, word, form, stale=stale, status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _word_page(request, word, form, status=422)
    messages.success(request, f"“{form.cleaned_data['words']}” is changed.")
    return redirect("problems:words")


def _word_page(
    request: SignedInRequest,
    word: CityWord,
    form: WordForm,
    *,
    stale: Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"word": word, "form": form} | compared(form, word, stale)
    return render(request, "problems/settings/word.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SET_POLICY)
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether to remove words of the city's; remove them when the person says so."""
    word = get_object_or_404(CityWord, pk=pk)
    context: dict[str, Any] = {"word": word}
    status = 200
    if request.method == "POST":
        try:
            city_words.remove(word, seen=request.POST.get("seen", ""), by=request.user)
        except Stale as stale:
            word.refresh_from_db()
            context["stale"], status = stale.messages, 409
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("problems:words")
        else:
            messages.success(request, f"“{word}” is removed.")
            return redirect("problems:words")
    context["seen"] = marks.of_row(word)
    return render(request, "problems/settings/word_remove.html", context, status=status)
