"""Funds and what is appropriated in them; the page of one fund joins projects and is the site's."""

from django.urls import path

from budgets.views import amendments, funds, policy

urlpatterns = [
    path("", funds.funds, name="funds"),
    path("new/", funds.new_fund, name="fund_new"),
    path("amendments/", amendments.amendments, name="amendments"),
    path("policy/", policy.policy, name="budget_policy"),
    path("<int:pk>/appropriations/new/", funds.new_appropriation, name="appropriation_new"),
]
