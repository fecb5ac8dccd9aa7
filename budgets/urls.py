"""Funds and what is appropriated in them; the page of one fund joins projects and is the site's."""

from django.urls import path

from budgets.views import funds

urlpatterns = [
    path("", funds.funds, name="funds"),
    path("new/", funds.new_fund, name="fund_new"),
    path("<int:pk>/appropriations/new/", funds.new_appropriation, name="appropriation_new"),
]
