"""Funds and what is appropriated in them; the page of one fund joins projects and is the site's."""

from django.urls import path

from budgets import views

urlpatterns = [
    path("", views.funds, name="funds"),
    path("new/", views.new_fund, name="fund_new"),
    path("<int:pk>/appropriations/new/", views.new_appropriation, name="appropriation_new"),
]
