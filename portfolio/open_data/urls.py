"""Addresses of open data."""

from django.urls import path

from portfolio.open_data import views

urlpatterns = [
    path("funds/open-data/", views.index, name="open_data"),
    path("funds/ledger.zip", views.ledger, name="ledger_package"),
    path("projects/oc4ids.json", views.projects, name="projects_oc4ids"),
    path("projects/<int:pk>/oc4ids.json", views.project, name="project_oc4ids"),
]
