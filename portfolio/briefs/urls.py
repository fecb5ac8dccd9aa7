"""Addresses of briefs: below what each is about."""

from django.urls import path

from portfolio.briefs import views

urlpatterns = [
    path("briefs/", views.index, name="briefs"),
    path("projects/<int:pk>/brief/", views.project_brief, name="project_brief"),
    path("projects/<int:pk>/brief.pdf", views.project_brief_pdf, name="project_brief_pdf"),
    path("list/adopted/<int:number>/brief/", views.list_brief, name="adopted_list_brief"),
    path(
        "list/adopted/<int:number>/brief.pdf", views.list_brief_pdf, name="adopted_list_brief_pdf"
    ),
]
