"""The addresses of problems."""

from django.urls import path

from problems.views import (
    city_words,
    files,
    joining,
    reading,
    reviewing,
    settings,
    wording,
    writing,
)

app_name = "problems"

urlpatterns = [
    path("", reading.index, name="list"),
    path("new/", writing.new, name="new"),
    path("similar/", joining.similar, name="similar"),
    path("lint/", wording.lint, name="lint"),
    path("settings/", settings.index, name="settings"),
    path("settings/priorities/", settings.priorities, name="priorities"),
    path("settings/priorities/new/", settings.declare, name="priority_new"),
    path("settings/priorities/<int:pk>/", settings.change, name="priority_change"),
    path("settings/priorities/<int:pk>/end/", settings.end, name="priority_end"),
    path("settings/words/", city_words.index, name="words"),
    path("settings/words/try/", city_words.try_text, name="words_try"),
    path("settings/words/built-in/", city_words.built_in, name="words_built_in"),
    path("settings/words/new/", city_words.add, name="word_new"),
    path("settings/words/<int:pk>/", city_words.change, name="word_change"),
    path("settings/words/<int:pk>/remove/", city_words.remove, name="word_remove"),
    path("settings/numbers/", settings.numbers, name="numbers"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/evidence/<int:evidence>/file/", files.evidence_file, name="file"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/edit/<slug:step>/", writing.step, name="step"),
    path("<int:pk>/join/", joining.join, name="join"),
    path("<int:pk>/leave/", joining.leave, name="leave"),
    path("<int:pk>/submit/", writing.submit, name="submit"),
    path("<int:pk>/answer/", wording.answer, name="answer"),
    path("<int:pk>/review/", reviewing.review, name="review"),
    path("<int:pk>/changes/<int:number>/", reviewing.changes, name="changes"),
    path("<int:pk>/reopen/", reviewing.reopen, name="reopen"),
]
