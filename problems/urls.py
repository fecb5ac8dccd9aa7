"""The addresses of problems."""

from django.urls import path

from problems.views import reading, reviewing, writing

app_name = "problems"

urlpatterns = [
    path("", reading.index, name="list"),
    path("new/", writing.new, name="new"),
    path("lint/", writing.lint, name="lint"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/submit/", writing.submit, name="submit"),
    path("<int:pk>/review/", reviewing.review, name="review"),
    path("<int:pk>/reopen/", reviewing.reopen, name="reopen"),
]
